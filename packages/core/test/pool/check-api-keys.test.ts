import {
  ApiKeyManager,
  InvalidOptionsError,
  NoApiKeysError,
  type ApiKeyInput,
  type Logger,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const good = 'good-key-of-26-characters1';
const other = 'other-key-of-26-characters';

function manage(keys: readonly ApiKeyInput[], keyPattern?: RegExp): { manager: ApiKeyManager; warnings: string[] } {
  const warnings: string[] = [];
  const logger: Logger = { debug: () => {}, info: () => {}, warn: (line) => warnings.push(line), error: () => {} };
  const adapter = { ...scriptedAdapter, ...(keyPattern && { keyPattern }) };
  const runtime = new FakeRuntime();
  return { manager: new ApiKeyManager(adapter, keys, { logger, runtime }), warnings };
}

function refusal(keys: unknown): unknown {
  try {
    manage(keys as ApiKeyInput[]);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the list of keys', () => {
  it.each([[[]], [['']], [['  ', '\n']], [[{ key: '' }]]])(
    'without a key is refused, naming the provider: %j',
    (keys) => {
      const error = refusal(keys);
      expect(error).toBeInstanceOf(NoApiKeysError);
      expect((error as Error).message).toContain('scripted');
      expect(NoApiKeysError.isInstance(error)).toBe(true);
    },
  );

  it('trims keys and leaves empty ones out', () => {
    const { manager, warnings } = manage([` ${good}\n`, '', '   ', `\t${other}`]);
    expect(manager.getAllKeys()).toEqual([good, other]);
    expect(warnings).toEqual([]);
  });

  it.each([
    'sk-with space-0123456789',
    'sk-with\nnewline-0123456789',
    'sk-with\ttab-0123456789',
    'sk-null\0byte-0123456789',
    'sk-ключ-0123456789',
    'sk-emoji-😀-0123456789',
  ])('with an impossible key is refused, naming its place and not its value: %j', (key) => {
    const error = refusal([good, key]);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as Error).message).toMatch(/\b2\b/);
    expect((error as Error).message).not.toMatch(/0123456789|sk-/);
  });

  it('with a key of more than 4096 characters is refused: such a text is a file, or a list with another separator', () => {
    expect(manage(['k'.repeat(4096)]).manager.getAllKeys()).toHaveLength(1);
    const error = refusal([good, 'k'.repeat(4097)]);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as Error).message).toMatch(/^key 2 has 4097 .*at most 4096/);
  });

  it.each(['label', 'group'] as const)('does not use a %s that contains a part of a key', (kind) => {
    const { manager, warnings } = manage([other, { key: good, [kind]: `of ${other}` }]);
    manager.setKeys([{ key: good, [kind]: `of ${other}` }, other]);
    expect(JSON.stringify(manager.status())).not.toMatch(/of-26-characters/);
    expect(warnings.join()).toContain(`the ${kind} of key 2 contains a part of a key and is not used`);
  });

  it('drops invisible characters of a label and a group, and keeps the rest', () => {
    const { manager, warnings } = manage([
      { key: good, label: 'ten\u200Bant\u202E A\u00AD', group: '\uFEFFproject\u2060' },
      { key: other, label: '👨‍👩‍👧 ❤️ नमस्‍ते', group: 'پروژه‌ها' },
    ]);
    expect(manager.status().keys.map(({ label, group }) => [label, group])).toEqual([
      ['tenant A', 'project'],
      ['👨‍👩‍👧 ❤️ नमस्‍ते', 'پروژه‌ها'],
    ]);
    expect(warnings).toEqual([]);
  });

  it.each(['label', 'group'])('refuses a %s of invisible characters only', (kind) => {
    const error = refusal([{ key: good, [kind]: '\u200B\u2060' }]);
    expect((error as Error).message).toContain(`The ${kind} of key 1 must be a text of 1 to 128`);
  });

  it('finds a key between the invisible characters of a label', () => {
    const { manager } = manage([{ key: good, label: good.split('').join('\u200B') }]);
    expect(manager.status().keys[0]?.label).toBe('key 1');
  });

  it('names the variable of an impossible key where it has one', () => {
    const error = refusal([{ key: 'sk with space', label: 'OPENAI_API_KEY_3' }]);
    expect((error as Error).message).toContain('OPENAI_API_KEY_3');
  });

  it.each([undefined, null, 'sk-a-single-key-0123456789', {}, [42], [null], [{ label: 'x' }], [[good]]])(
    'of the wrong shape is refused: %j',
    (keys) => {
      const error = refusal(keys);
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect((error as Error).message).not.toContain('0123456789');
    },
  );

  it.each<[string, unknown, string]>([
    ['an undefined variable', [good, undefined], 'Key 2 is not a string: it is undefined. Is the variable set that it'],
    ['null', [good, null], 'Key 2 is not a string: it is null. Write the key as a string, or { key, label, group }.'],
    ['an undefined field', [good, { key: undefined }], 'Key 2 is not a string: it is undefined. Is the variable set'],
    ['a list in the list', [[good]], 'Key 1 is not a string: it is a list.'],
    ['a Promise in the list', [Promise.resolve(good)], 'Key 1 is not a string: it is a Promise: await it first.'],
    ['a function in the list', [() => good], 'Key 1 is not a string: it is a function.'],
    [
      'an apiKey',
      [{ apiKey: good }],
      'Key 1 has an unknown field "apiKey". Did you mean "key"? Known: key, label, group, slot, weight, limits.',
    ],
    ['a misspelt field', [{ key: good, lable: 'A' }], 'unknown field "lable". Did you mean "label"?'],
    ['a field of another library', [{ key: good, priority: 2 }], 'Key 1 has an unknown field "priority". Known: key,'],
    [
      'a key alone',
      good,
      'the value is of type string. Put a single key into a list, [key], and split a text of several',
    ],
    ['nothing', undefined, 'the value is undefined. For the keys of the environment use the fromEnv() of the class'],
    ['a Promise', Promise.resolve([good]), 'the value is a Promise: await it first.'],
    ['a Set', new Set([good]), 'A Set becomes a list with [...keys], and options come after the list.'],
    ['options', { keys: [good] }, 'options come after the list.'],
    ['a key in quotes', [`"${good}"`], 'key 1 is in quotes. Remove them from the key.'],
    ['two keys in one', [`${good} ${other}`], 'Write one key in one line, and several ones as a list.'],
    ['a placeholder', ['…'], 'Put the key itself in the place of a placeholder, or copy it again.'],
    ['a header', [`Bearer ${good}`], 'key 1 begins with "Bearer". Pass the key without it.'],
  ])('says what to write in place of %s', (_name, keys, message) => {
    const error = refusal(keys);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain(good);
  });

  it('warns of a key with a comma, which is a text of several keys', () => {
    const { manager, warnings } = manage([`${good},${other}`]);
    expect(manager.getAllKeys()).toHaveLength(1);
    expect(warnings).toEqual(['Scripted: key 1 contains a comma; a list needs one entry for each key']);
  });

  it('uses a repeated key once, in its first place, and warns of the places', async () => {
    const { manager, warnings } = manage([good, other, ` ${good} `]);
    const calls: string[] = [];
    const call = manager.retryWithFallback(
      (key) => {
        calls.push(key);
        throw new Error('down');
      },
      { maxRetries: 1 },
    );
    await expect(call).rejects.toThrow('All 2 keys of Scripted failed');
    expect(calls).toEqual([good, other]);
    const [warning = '', ...others] = warnings.filter((line) => !line.includes('attempt'));
    expect(others.filter((line) => line.includes('same key'))).toEqual([]);
    expect(warning).toMatch(/3.*1/);
    expect(warning).not.toContain(good);
  });

  it.each([
    'your_api_key_goes_here',
    'sk-...',
    'changeme',
    'xxxxxxxxxxxxxxxxxxxx',
    '<your-openai-api-key>',
    'too-short',
  ])('warns of %j, which is hardly a key, and uses it all the same', (key) => {
    const { manager, warnings } = manage([good, key]);
    expect(manager.getAllKeys()).toEqual([good, key]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/\b2\b/);
    expect(warnings[0]).not.toContain(key);
  });

  it("warns of a key that does not look like the provider's, and uses it all the same", () => {
    const { manager, warnings } = manage([good, other], /^good-/);
    expect(manager.getAllKeys()).toEqual([good, other]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/\b2\b/);
    expect(warnings[0]).not.toContain(other);
  });

  it('never shows a key that somebody made a label', () => {
    const { manager, warnings } = manage(
      [
        { key: good, label: good },
        { key: good, label: `again ${good}` },
      ],
      /^sk-/,
    );
    expect(warnings).toHaveLength(2);
    expect([...warnings, JSON.stringify(manager.status())].join('\n')).not.toContain(good.slice(2, 14));
    const error = refusal([{ key: `${good} x`, label: `${good} x` }]) as Error;
    expect(error).toBeInstanceOf(InvalidOptionsError);
  });
});

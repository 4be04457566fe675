import fs, { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidOptionsError, loadApiKeys } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { directory, warnings, logger, files, load, refusal } from './acme-keys.ts';

describe('a file with a key', () => {
  it('is named by a variable with _FILE, also by a numbered one and by the list', () => {
    files({ one: 'file-one\n', two: '\uFEFF  file-two\r\n', list: 'file-three\nfile-four\n' });
    vi.stubEnv('ACME_KEY_FILE', join(directory, 'one'));
    vi.stubEnv('ACME_KEY_2_FILE', join(directory, 'two'));
    vi.stubEnv('ACME_KEY_3', 'in-the-environment');
    vi.stubEnv('ACME_KEYS_FILE', join(directory, 'list'));
    expect(loadApiKeys('ACME_KEY', { directory, logger })).toEqual([
      { key: 'file-one', label: 'ACME_KEY_FILE' },
      { key: 'file-two', label: 'ACME_KEY_2_FILE' },
      { key: 'in-the-environment', label: 'ACME_KEY_3' },
      { key: 'file-three', label: 'ACME_KEYS_FILE[1]' },
      { key: 'file-four', label: 'ACME_KEYS_FILE[2]' },
    ]);
  });

  it('can be named in a .env file, and comes after the key of the variable itself', () => {
    files({ secret: 'file-key', '.env': `ACME_KEY=own-key\nACME_KEY_FILE=${join(directory, 'secret')}` });
    expect(load()).toEqual(['own-key', 'file-key']);
  });

  it('that cannot be read is skipped with a warning that does not show its path', () => {
    vi.stubEnv('ACME_KEY', 'good-key');
    vi.stubEnv('ACME_KEY_2_FILE', 'recognisable-key-in-the-wrong-variable');
    vi.stubEnv('ACME_KEY_3_FILE', directory);
    expect(load()).toEqual(['good-key']);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('ACME_KEY_2_FILE (ENOENT)');
    expect(warnings[1]).toContain('ACME_KEY_3_FILE (EISDIR)');
    expect(warnings.join('\n')).not.toContain('recognisable');
  });

  it('that cannot be read is named by the error when no other key is left', () => {
    files({ blank: ' \n' });
    vi.stubEnv('ACME_KEY_FILE', join(directory, 'recognisable'));
    vi.stubEnv('ACME_KEY_2_FILE', join(directory, 'blank'));
    const { message } = refusal();
    expect(message).toContain('ACME_KEY_FILE (ENOENT)');
    expect(message).toContain('Set but empty: ACME_KEY_2_FILE.');
    expect(message).not.toContain('recognisable');
  });
});

describe('a JSON list', () => {
  it.each(['ACME_KEY', 'ACME_KEY_2', 'ACME_KEYS'])('is read from %s', (name) => {
    vi.stubEnv(name, ' ["one", "two, with a comma", ""]');
    expect(refusal().message).toContain(`${name}[2] has white space`);
    vi.stubEnv(name, '["one", "two"]');
    expect(loadApiKeys('ACME_KEY', { directory })).toEqual([
      { key: 'one', label: `${name}[1]` },
      { key: 'two', label: `${name}[2]` },
    ]);
  });

  it('is read from a .env file and from a file with the keys', () => {
    files({
      '.env': `ACME_KEYS='["one"]'\nACME_KEY_FILE=${join(directory, 'list')}`,
      list: '[\n  "two",\n  "three"\n]\n',
    });
    expect(load()).toEqual(['two', 'three', 'one']);
  });

  it.each(['["recognisable"', '[recognisable]', '[{"key":"recognisable"}]', '["recognisable", 1]'])(
    'that is malformed is rejected with the name of its variable and without its value: %s',
    (value) => {
      vi.stubEnv('ACME_KEYS', value);
      const error = refusal();
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect(error.message).toContain('ACME_KEYS');
      expect(error.message).toContain('["first-key", "second-key"]');
      expect(error.message).not.toContain('recognisable');
    },
  );
});

describe('a JSON object', () => {
  it.each(['{"ACME_KEY":"recognisable"}', '{\n  "key": "recognisable"\n}'])(
    'of a secret manager is rejected with the name of its variable and without its value: %s',
    (value) => {
      files({ secret: value });
      vi.stubEnv('ACME_KEY_FILE', join(directory, 'secret'));
      const error = refusal();
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect(error.message).toBe(
        'ACME_KEY_FILE starts with "{". Write the key alone, or a JSON list of texts: ["first-key", "second-key"].',
      );
    },
  );
});

describe('a .env file', () => {
  it('that is a directory, as Docker makes one for a missing file, is like none', () => {
    mkdirSync(join(directory, '.env'));
    vi.stubEnv('ACME_KEY', 'in-the-environment');
    expect(load()).toEqual(['in-the-environment']);
    vi.stubEnv('ACME_KEY', undefined);
    expect(refusal().message).toContain(`no .env file in ${directory}`);
  });

  it('is read once, because a second read of a named pipe can block', () => {
    files({ '.env': 'ACME_KEY=piped' });
    const read = vi.spyOn(fs, 'readFileSync');
    expect(loadApiKeys('ACME_KEY', { directory, logger: false, logLevel: 'silent', locale: 'en' })).toHaveLength(1);
    expect(read.mock.calls.filter(([path]) => path === join(directory, '.env'))).toHaveLength(1);
    read.mockRestore();
  });
});

describe('UTF-16, as PowerShell writes it,', () => {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

  it('is read, in .env files and in files with a key', () => {
    writeFileSync(join(directory, '.env'), utf16('ACME_KEY=one\r\nACME_KEY_2=two\r\n'));
    writeFileSync(join(directory, 'secret'), utf16('three\r\n'));
    vi.stubEnv('ACME_KEY_3_FILE', join(directory, 'secret'));
    expect(load()).toEqual(['one', 'two', 'three']);
  });

  it.each([
    ['with the bytes swapped', utf16('ACME_KEY=recognisable').swap16()],
    ['without a mark', utf16('ACME_KEY=recognisable').subarray(2)],
  ])('%s is refused by the name of the file', (_what, bytes) => {
    writeFileSync(join(directory, '.env'), bytes);
    expect(refusal()).toBeInstanceOf(InvalidOptionsError);
    expect(refusal().message).toBe(
      `${join(directory, '.env')} is neither UTF-8 nor UTF-16 (little endian with a mark). Save it as UTF-8.`,
    );
    writeFileSync(join(directory, '.env'), '');
    writeFileSync(join(directory, 'secret'), bytes);
    vi.stubEnv('ACME_KEY_2_FILE', join(directory, 'secret'));
    expect(refusal().message).toMatch(/^The file of ACME_KEY_2_FILE is neither/);
  });
});

import {
  ApiKeyManager,
  callWithFallback,
  createKeyedFetch,
  customProvider,
  FileStore,
  InvalidOptionsError,
  loadApiKeys,
  MemoryStore,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  useApiKeyFallback,
  wrapWithFallback,
} from '@api-key-fallback/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defineAdapter, type ProviderAdapter } from '../../src/adapter.ts';
import { tenMegabytes } from '../odd-values.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const key = 'names-key-of-30-characters-001';
const scripted = customProvider('scripted');
const options = { logger: false } as const;
const manager = new ApiKeyManager(scriptedAdapter, [key], options);
const work = async () => 1;
const keyedFetch = createKeyedFetch({ provider: scripted, fetch: async () => new Response('{}') });

beforeAll(() => registry.register(manager));
afterAll(() => void registry.unregister('scripted'));

type Give = (name: never) => unknown;

const define = (part: Partial<ProviderAdapter>) => defineAdapter({ ...scriptedAdapter, ...part });
const storeOf = (kind: string) => Object.assign(Object.create(new MemoryStore()) as MemoryStore, { kind });

const providerNames: Readonly<Record<string, Give>> = {
  'customProvider()': (name) => customProvider(name),
  'defineAdapter()': (name) => define({ name }),
  'a manager': (name) => new ApiKeyManager({ ...scriptedAdapter, name }, [key], options),
  'registerDefault()': (name) => {
    registry.registerDefault(name, () => manager);
    registry.unregister(name);
  },
  'the decorator': (provider) => retryWithApiKeyFallback({ provider }),
  '@useApiKeyFallback': (provider) => useApiKeyFallback({ provider }),
  'wrapWithFallback()': (provider) => wrapWithFallback(work, { provider }),
  'createKeyedFetch()': (provider) => createKeyedFetch({ provider }),
};

/** Where the application passes a text that becomes a name, and the most characters that it may have. */
const names: Readonly<Record<string, readonly [longest: number, give: Give]>> = {
  'displayName of an adapter': [128, (displayName) => define({ displayName })],
  'label of a key': [128, (label) => new ApiKeyManager(scriptedAdapter, [{ key, label }], options)],
  'group of a key': [128, (group) => new ApiKeyManager(scriptedAdapter, [{ key, group }], options)],
  'operation of the decorator': [256, (operation) => retryWithApiKeyFallback({ provider: scripted, operation })],
  'operation of a class': [256, (operation) => useApiKeyFallback({ provider: scripted, operation })],
  'operation of a function': [256, (operation) => wrapWithFallback(work, { provider: scripted, operation })],
  'operation of a keyed fetch': [256, (operation) => createKeyedFetch({ provider: scripted, operation })],
  'operation of a request': [256, (operation) => keyedFetch('https://a.example', { fallback: { operation } })],
  'callId of a request': [256, (callId) => keyedFetch('https://a.example', { fallback: { callId } })],
  'operation of retryWithFallback()': [256, (operation) => manager.retryWithFallback(work, { operation })],
  'operation of callWithFallback()': [256, (operation) => callWithFallback(manager, work, { operation })],
  'kind of a store': [64, (kind) => new ApiKeyManager(scriptedAdapter, [key], { ...options, store: storeOf(kind) })],
  'directory of a store': [4096, (directory) => new FileStore(directory)],
};

const variables: Readonly<Record<string, Give>> = {
  'env of an adapter': (env) => define({ env }),
  'the variable of loadApiKeys()': (name) => {
    try {
      loadApiKeys(name, options);
    } catch (error) {
      if (InvalidOptionsError.isInstance(error)) throw error;
    }
  },
};

const mistakes: Readonly<Record<string, unknown>> = {
  'a number': 5,
  null: null,
  'an object': { toString: () => 'search' },
  'a list': ['search'],
  'a Symbol': Symbol('search'),
  'an empty text': '',
  'white space': '  ',
  '10 MB': tenMegabytes,
  '10 MB of line breaks': '\n'.repeat(10_000_000),
  'a line break': 'two\nlines',
  'a line separator': 'two\u2028lines',
  'a control character': 'a\u0000b',
  'an escape sequence': '\u001B[31mred',
  'half a character': 'half \uD83D',
  'a key and a line break': `ask ${key}\n`,
  'a key at the start of 10 MB': key + tenMegabytes,
};

async function refusalOf(give: Give, name: unknown): Promise<Error> {
  try {
    await give(name as never);
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable('It must be refused');
}

const ways: readonly (readonly [string, Give])[] = [
  ...Object.entries(providerNames).map(([way, give]) => [`a provider name in ${way}`, give] as const),
  ...Object.entries(names).map(([way, [, give]]) => [`the ${way}`, give] as const),
  ...Object.entries(variables),
];

describe.each(ways)('%s', (_way, give) => {
  it.each(Object.entries(mistakes))('may not be %s', async (_what, name) => {
    const error = await refusalOf(give, name);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error.message.length).toBeLessThan(1000);
    expect(error.message).not.toMatch(/[\p{Cc}\u2028]|names-key/u);
    expect(error.message).toMatch(/must|expected/i);
  });
});

describe('a provider name', () => {
  it.each(Object.entries(providerNames))('has up to 64 letters, digits, ".", "_" and "-" in %s', async (_way, give) => {
    for (const name of ['a', 'azure-openai_2.5', 'x'.repeat(64)]) expect(() => give(name as never)).not.toThrow();
    for (const name of ['x'.repeat(65), 'in house', 'a/b', 'a:b', 'é', '{a}']) {
      expect((await refusalOf(give, name)).message).toContain('1 to 64 letters, digits, ".", "_" and "-"');
    }
  });

  it.each(Object.entries(providerNames))('is more than dots, for addresses, in %s', async (_way, give) => {
    for (const name of ['.a', '..a..']) expect(() => give(name as never)).not.toThrow();
    for (const name of ['.', '..', '...'])
      expect((await refusalOf(give, name)).message).toMatch(/must not consist of dots only\.$/);
  });

  it('that the registry does not know is never found', () => {
    for (const name of Object.values(mistakes)) {
      expect(registry.has(name as never)).toBe(false);
      expect(registry.unregister(name as never)).toBe(false);
    }
  });
});

describe('a name', () => {
  it.each(Object.entries(names))('has up to the stated number of characters: the %s', async (_way, [longest, give]) => {
    for (const name of ['a', 'In House / é 😀', 'x'.repeat(longest)]) await give(name as never);
    const { message } = await refusalOf(give, 'x'.repeat(longest + 1));
    expect(message).toContain(`${longest}`);
    expect(message).not.toContain('xx');
  });
});

describe('a name that is not a label or a group', () => {
  const others = Object.entries(names).filter(([way]) => !/^(?:label|group|directory)/.test(way));

  it.each(others)('has no invisible characters: the %s', async (_way, [, give]) => {
    for (const name of ['a\u202Eb', 'a\u2066b', 'a\u200Bb', 'a\uFEFFb', 'a\u00ADb', 'a\u{E0041}b']) {
      expect((await refusalOf(give, name)).message).toContain('it has an invisible character');
    }
    for (const name of ['👨‍👩‍👧 ❤️', 'پروژه‌ها']) await give(name as never);
  });
});

describe('the name of a variable', () => {
  it.each(Object.entries(variables))('has up to 100 characters: %s', async (_way, give) => {
    for (const name of ['A', '_a1', '1A', 'A-B', 'a.b', 'CLÉ', 'X'.repeat(100)]) await give(name as never);
    for (const name of ['A=B', 'A B', 'A\u200BB', 'X'.repeat(101)]) {
      expect(await refusalOf(give, name)).toBeInstanceOf(InvalidOptionsError);
    }
  });

  it.each(['my-key', 'my.key', '1KEY'])('of a deployment works: %s', (name) => {
    vi.stubEnv(name, key);
    vi.stubEnv(`${name}_2`, `${key}2`);
    expect(loadApiKeys(name, options)).toEqual([
      { key, label: name },
      { key: `${key}2`, label: `${name}_2` },
    ]);
    vi.unstubAllEnvs();
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'that no environment has is not found: %s',
    (name) => {
      expect(() => loadApiKeys(name, options)).toThrow(NoApiKeysError);
    },
  );

  it('comes with options that are an object', () => {
    for (const wrong of [null, 5, 'NAMES_KEY']) {
      expect(() => loadApiKeys('NAMES_KEY', wrong as never)).toThrow('"options" must be an object');
    }
    const misspelt = { dirctory: '.' } as never;
    expect(() => loadApiKeys('NAMES_KEY', misspelt)).toThrow('Unknown option "dirctory". Did you mean "directory"?');
    expect(() => loadApiKeys('NAMES_KEY', { path: '.' } as never)).toThrow('Did you mean "directory"?');
  });

  it('gives its keys labels that a manager accepts', () => {
    const name = 'X'.repeat(100);
    process.env[`${name}_${'9'.repeat(15)}`] = Array.from({ length: 1000 }, (_, index) => `${key}${index}`).join(',');
    process.env[`${name}_${'9'.repeat(200)}`] = 'ignored';
    try {
      const keys = loadApiKeys(name, options);
      expect(keys).toHaveLength(1000);
      expect(new ApiKeyManager(scriptedAdapter, keys, options).getAllKeys()).toHaveLength(1000);
    } finally {
      for (const digits of [15, 200]) Reflect.deleteProperty(process.env, `${name}_${'9'.repeat(digits)}`);
    }
  });

  it.each(['directory', 'environmentName'])('comes with a %s that is a text', async (option) => {
    for (const value of [5, {}, '', 'a\0b', tenMegabytes]) {
      const error = await refusalOf(() => loadApiKeys('NAMES_KEY', { ...options, [option]: value }), undefined);
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect(error.message).toContain(option);
      expect(error.message.length).toBeLessThan(1000);
    }
  });
});

import { tmpdir } from 'node:os';
import { ApiKeyManager, InvalidOptionsError } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { keyManagerClass } from '../../src/adapter.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

describe('the options of a key manager', () => {
  it.each<[string, unknown, string]>([
    [
      'a misspelt name',
      { stratgy: 'round-robin' },
      'Unknown option "stratgy". Did you mean "strategy"? Known: strategy, ',
    ],
    ['an option of the client', { baseURL: 'http://127.0.0.1' }, 'write clientOptions: { baseURL }'],
    ['an option of a call', { maxRetries: 2 }, 'It is an option of a call: write it at the decorator or the call.'],
    ['the provider', { provider: 'scripted' }, 'It is an option of a call: write it at the decorator or the call.'],
    ['the keys', { keys: ['K1'] }, 'Keys go into the list of the key manager, for example new OpenAIKeyManager(keys).'],
    ['null', null, '"options" must be an object; it is null.'],
    ['a list', [], '"options" must be an object; it is a list.'],
    ['a Promise', Promise.resolve({}), '"options" must be an object; it is a Promise: await it first.'],
    ['a function', () => {}, '"options" must be an object; it is a function.'],
    ['a text', 'round-robin', '"options" must be an object; it is of type string.'],
    ['no object for clients', { clientOptions: 5 }, '"clientOptions" must be an object; it is of type number.'],
    ['null as the budget', { retryBudget: null }, '"retryBudget" must be an object; it is null.'],
    ['true as the budget', { retryBudget: true }, '"retryBudget" must be an object; it is of type boolean.'],
    [
      'a misspelt name in the budget',
      { retryBudget: { token: 1 } },
      'Unknown option "retryBudget.token". Did you mean "retryBudget.tokens"? Known: tokens.',
    ],
  ])('refuse %s', (_name, options, message) => {
    const make = () => new ApiKeyManager(scriptedAdapter, ['K1'], options as never);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(message);
  });

  it.each<[string, unknown, string]>([
    ['null', null, '"runtime" must be an object; it is null.'],
    ['a number', 5, '"runtime" must be an object; it is of type number.'],
    ['a list', [], '"runtime" must be an object; it is a list.'],
    ['a clock that is not a function', { now: 5 }, '"runtime.now" must be a function; it is 5.'],
    ['null as the sleep', { sleep: null }, '"runtime.sleep" must be a function; it is null.'],
    ['a clock without a time', { now: () => Number.NaN }, '"runtime.now" must return a time in ms since the epoch.'],
    [
      'a clock that throws',
      {
        now: () => {
          throw new Error('stopped');
        },
      },
      '"runtime.now" must return a time in ms since the epoch.',
    ],
  ])('refuse %s as the runtime', (_name, runtime, message) => {
    const make = () => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime } as never);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(message);
  });

  it('accept a part of a runtime', () => {
    for (const runtime of [undefined, {}, { now: () => 0 }, { now: undefined, random: () => 1 }]) {
      expect(() => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime } as never)).not.toThrow();
    }
  });

  it.each<[string, unknown]>([
    ['as the options', 'a-second-key-of-26-letters'],
    ['as the clientOptions', { clientOptions: 'a-second-key-of-26-letters' }],
    ['as the retryBudget', { retryBudget: 'a-second-key-of-26-letters' }],
  ])('never show a key that was passed %s', (_name, options) => {
    const make = () => new ApiKeyManager(scriptedAdapter, ['K1'], options as never);
    expect(make).toThrow('must be an object; it is of type string.');
    expect(make).not.toThrow('a-second-key');
  });

  it('of fromEnv() may say where the files are, and refuse a misspelt name', () => {
    vi.stubEnv(scriptedAdapter.env, 'K1');
    const Keys = keyManagerClass(scriptedAdapter);
    const where = { directory: tmpdir(), environmentName: 'test' };
    expect(Keys.fromEnv({ ...where, logger: false }).getAllKeys()).toEqual(['K1']);
    const misspelt = () => Keys.fromEnv({ ...where, dirctory: '/' } as never);
    expect(misspelt).toThrow(
      /^Unknown option "dirctory"\. Did you mean "directory"\? Known: strategy, .*environmentName\.$/,
    );
    expect(() => Keys.fromEnv(null as never)).toThrow('"options" must be an object; it is null.');
    const ofVariable = "new OpenAIKeyManager(loadApiKeys('MY_KEY'))";
    expect(() => Keys.fromEnv('MY_KEY' as never)).toThrow(
      `for the keys of another variable ${ofVariable}, for example.`,
    );
    expect(() => Keys.fromEnv({ env: 'MY_KEY' } as never)).toThrow(
      `option "env". For the keys of another variable write ${ofVariable}.`,
    );
    vi.unstubAllEnvs();
  });
});

import { inspect } from 'node:util';
import { currentAttempt, useApiKeyFallback, customProvider } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { eventNames } from '../../src/events/events.ts';
import { recordEvents } from '../events/record-events.ts';
import { fails, ok, scriptKeys, transient, throws } from '../scripted-keys.ts';

const observing = (key: string) => {
  currentAttempt().observe({ headers: new Headers() });
  return key;
};

describe('an adapter’s mistake', () => {
  it('in a limit’s reset does not blind the key’s health', async () => {
    const adapter = { readLimits: () => [{ name: 'requests', remaining: 0, resetsAtMs: Number.NaN }] };
    const keys = scriptKeys({ K1: [observing, transient], K2: [ok] }, { adapter });
    await keys.call();
    await keys.call({ maxRetries: 1 });
    expect(keys.key('K1').state).toBe('suspect');
  });

  it.each(['bucketOf', 'unitsOf', 'groupOf', 'readLimits', 'classifyError'] as const)(
    'in %s stays out of the call, and is warned of once',
    async (hook) => {
      const warnings: string[] = [];
      const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => warnings.push(text) };
      const adapter = {
        [hook]: () => {
          throw new Error('no');
        },
      };
      const keys = scriptKeys({ K1: [observing] }, { adapter, logger, logLevel: 'warn' });
      const broken = scriptKeys({ K1: [throws(new Error('down'))] }, { adapter, logger: false });
      for (let call = 0; call < 2; call++) {
        await expect(keys.call({ operation: 'search' })).resolves.toBe('K1');
        await expect(broken.call({ operation: 'search' })).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED' });
      }
      const ofHook = warnings.filter((text) => text.includes(hook));
      expect(ofHook).toEqual(
        ['groupOf', 'readLimits', 'bucketOf', 'unitsOf'].includes(hook)
          ? [`Scripted: the adapter's ${hook} failed and is ignored: no`]
          : [],
      );
    },
  );

  it.each([
    { bucketOf: () => 7 },
    { unitsOf: () => 'many' },
    { groupOf: async () => Promise.reject(new Error('late')) },
  ])('of returning a value of another type stays out of the call', async (adapter) => {
    const keys = scriptKeys({ K1: [observing] }, { adapter: adapter as object });
    await expect(keys.call({ operation: 'search' })).resolves.toBe('K1');
  });

  it('of giving no list of limits stays out of the method', async () => {
    const adapter = { readLimits: () => 'none' as unknown as [] };
    const keys = scriptKeys({ K1: [observing] }, { adapter });
    await expect(keys.call()).resolves.toBe('K1');
  });
});

describe('an answer that repeats a key', () => {
  const secret = 'key-of-26-characters-00001';

  it('shows it neither as a bucket, a group nor a limit', async () => {
    const told: unknown[] = [];
    const struck = { kind: 'rate-limited', reason: secret, scope: 'group', group: secret, bucket: secret } as const;
    const adapter = {
      groupOf: () => secret,
      readLimits: () => [{ name: secret, bucket: secret, remaining: 0, resetsAtMs: 60_000 }],
    };
    const limited = (key: string) => {
      observing(key);
      return fails({ ...struck, retryAfterMs: 60_000 })(key, keys.runtime);
    };
    const keys = scriptKeys({ [secret]: [limited], K2: [ok] }, { adapter });
    for (const name of eventNames) keys.manager.on(name, (event) => told.push(event));
    await keys.call({ maxRetries: 1 });
    const shown = inspect([told, keys.manager.status()], { depth: 9 });
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain('26-characters');
  });
});

describe('what cannot be looked into', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const shy = {
    [inspect.custom]: () => {
      throw new Error('no');
    },
  };
  it.each([
    ['a revoked proxy', revoked.proxy],
    ['an object that does not let itself be printed', shy],
  ])('%s counts as trouble like any other', async (_name, thrown) => {
    const keys = scriptKeys({ K1: [throws(thrown)], K2: [ok] });
    const failed = recordEvents(keys.manager, ['attempt.failed']);
    await expect(keys.call({ maxRetries: 1 })).resolves.toBe('K2');
    expect(failed).toHaveLength(1);
    expect(keys.key('K1').usage.inUse).toBe(0);
  });

  it('a time beyond all calendars is no time', async () => {
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const keys = scriptKeys(
      { K1: [fails({ kind: 'quota-exhausted', reason: 'x', resetsAtMs: 9e15 })], K2: [ok] },
      { logger, logLevel: 'debug' },
    );
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.key('K1').availableAtMs).toBe(3_600_000);
  });
});

describe('an abort in disguise', () => {
  it.each([
    ['of undici', Object.assign(new Error('aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' })],
    ['of the DOM', new DOMException('timeout', 'TimeoutError')],
  ])('%s goes straight back', async (_name, error) => {
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(keys.call()).rejects.toBe(error);
    expect(keys.calls).toEqual(['K1']);
  });
});

it('a class may be given defaults twice', () => {
  const provider = customProvider('scripted');
  class Service {
    readonly name = 'service';
  }
  useApiKeyFallback({ provider, delay: 1 })(Service);
  expect(() => useApiKeyFallback({ provider, delay: 2 })(Service)).not.toThrow();
});

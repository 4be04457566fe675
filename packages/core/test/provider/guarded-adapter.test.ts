import { inspect } from 'node:util';
import { currentAttempt, useApiKeyFallback, customProvider } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { eventNames } from '../../src/events/event-names.ts';
import { recordEvents } from '../events/record-events.ts';
import { fails, ok, scriptKeys, transient, throws } from '../scripted-keys.ts';

const observing = (key: string) => {
  currentAttempt().observe({ headers: new Headers() });
  return key;
};

describe('a faulty adapter', () => {
  it('cannot make the status of a limit unreadable with NaN as what remains', async () => {
    const adapter = { readLimits: () => [{ name: 'requests', limit: 9, remaining: Number.NaN }] };
    const keys = scriptKeys({ K1: [observing] }, { adapter });
    await keys.call();
    expect(keys.key('K1').limits).toBeUndefined();
  });

  it('cannot corrupt a key’s health with an invalid reset time', async () => {
    const adapter = { readLimits: () => [{ name: 'requests', remaining: 0, resetsAtMs: Number.NaN }] };
    const keys = scriptKeys({ K1: [observing, transient], K2: [ok] }, { adapter });
    await keys.call();
    keys.runtime.set(60_000);
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
  ])('does not fail the call if a hook returns the wrong type', async (adapter) => {
    const keys = scriptKeys({ K1: [observing] }, { adapter: adapter as object });
    await expect(keys.call({ operation: 'search' })).resolves.toBe('K1');
  });

  it('says in the warning what the hook must return', async () => {
    const warnings: string[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => warnings.push(text) };
    const adapter = { unitsOf: () => 'many' as never, classifyError: () => ({ kind: 'rate-limit' }) as never };
    const keys = scriptKeys({ K1: [throws(new Error('down')), ok] }, { adapter, logger, logLevel: 'warn' });
    await keys.call({ operation: 'search' });
    expect(warnings).toContain("Scripted: the adapter's unitsOf failed and is ignored: it must return a number");
    expect(warnings).toContain(
      "Scripted: the adapter's classifyError failed and is ignored: it must return a verdict, such as " +
        "{ kind: 'rate-limited', reason: 'too_many_calls' }, or undefined",
    );
  });

  it('does not fail the method if readLimits returns no list', async () => {
    const adapter = { readLimits: () => 'none' as unknown as [] };
    const keys = scriptKeys({ K1: [observing] }, { adapter });
    await expect(keys.call()).resolves.toBe('K1');
  });
});

describe('a response that contains a key', () => {
  const secret = 'key-of-26-characters-00001';

  it('does not expose it as a bucket, a group or a limit', async () => {
    const events: unknown[] = [];
    const verdict = { kind: 'rate-limited', reason: secret, scope: 'group', group: secret, bucket: secret } as const;
    const adapter = {
      groupOf: () => secret,
      readLimits: () => [{ name: secret, bucket: secret, remaining: 0, resetsAtMs: 60_000 }],
    };
    const limited = (key: string) => {
      observing(key);
      return fails({ ...verdict, retryAfterMs: 60_000 })(key, keys.runtime);
    };
    const keys = scriptKeys({ [secret]: [limited], K2: [ok] }, { adapter });
    for (const name of eventNames) keys.manager.on(name, (event) => events.push(event));
    await keys.call({ maxRetries: 1 });
    const shown = inspect([events, keys.manager.status()], { depth: 9 });
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain('26-characters');
  });

  it('does not put keys into one group because each is echoed as its group', async () => {
    const [first, second] = ['key-of-26-characters-00001', 'key-of-26-characters-00002'];
    const spent = (group: string) =>
      fails({ kind: 'quota-exhausted', reason: 'x', scope: 'group', group, recheckAfterMs: 60_000 });
    const keys = scriptKeys({ [first]: [spent(first)], [second]: [spent(second)], K3: [ok] });
    await keys.call({ maxRetries: 1 });
    expect(keys.manager.status().keys.map(({ group }) => group)).toEqual([undefined, undefined, undefined]);
  });
});

describe('a value that cannot be inspected', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const uninspectable = {
    [inspect.custom]: () => {
      throw new Error('no');
    },
  };
  it.each([
    ['a revoked proxy', revoked.proxy],
    ['an object whose custom inspect throws', uninspectable],
  ])('is a transient failure: %s', async (_name, thrown) => {
    const keys = scriptKeys({ K1: [throws(thrown)], K2: [ok] });
    const failed = recordEvents(keys.manager, ['attempt.failed']);
    await expect(keys.call({ maxRetries: 1 })).resolves.toBe('K2');
    expect(failed).toHaveLength(1);
    expect(keys.key('K1').usage.inUse).toBe(0);
  });

  it('ignores a reset time beyond the range of Date', async () => {
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const keys = scriptKeys(
      { K1: [fails({ kind: 'quota-exhausted', reason: 'x', resetsAtMs: 9e15 })], K2: [ok] },
      { logger, logLevel: 'debug' },
    );
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.key('K1').availableAtMs).toBe(3_600_000);
  });
});

describe('an abort under another name', () => {
  it.each([
    ['of undici', Object.assign(new Error('aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' })],
    ['of superagent', Object.assign(new Error('Aborted'), { code: 'ABORTED' })],
  ])('is rethrown at once: %s', async (_name, error) => {
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(keys.call()).rejects.toBe(error);
    expect(keys.calls).toEqual(['K1']);
  });
});

it('@useApiKeyFallback can decorate a class twice', () => {
  const provider = customProvider('scripted');
  class Service {
    readonly name = 'service';
  }
  useApiKeyFallback({ provider, delay: 1 })(Service);
  expect(() => useApiKeyFallback({ provider, delay: 2 })(Service)).not.toThrow();
});

import { AllKeysFailedError, FailedResultError, type ErrorVerdict } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { fails, ok, returns, scriptKeys, throws, type ScriptedKeys } from '../scripted-keys.ts';

const verdict = { kind: 'quota-exhausted', reason: 'spent', recheckAfterMs: 60_000 } as const;
const broken = () => {
  throw new Error('broken');
};

/** A verdict with a field that throws when it is read. */
function withBroken(field: string): ErrorVerdict {
  return Object.defineProperty({ ...verdict }, field, { enumerable: true, get: broken });
}

const unlistable = new Proxy(verdict, { ownKeys: broken, getOwnPropertyDescriptor: broken, has: broken });

const ways: Readonly<Record<string, (given: ErrorVerdict) => readonly [keys: ScriptedKeys, options: object]>> = {
  'of the adapter': (given) => [scriptKeys({ K1: [fails(given)], K2: [ok] }), {}],
  'of classifyError': (given) => [
    scriptKeys({ K1: [throws(new Error('down'))], K2: [ok] }),
    { classifyError: () => given },
  ],
  'of classifyResult': (given) => [
    scriptKeys({ K1: [returns('bad')], K2: [ok] }),
    { classifyResult: (value: unknown) => (value === 'bad' ? given : undefined) },
  ],
};

describe.each(Object.entries(ways))('a verdict %s', (way, make) => {
  it.each(['kind', 'reason', 'scope', 'group', 'bucket', 'recheckAfterMs'])(
    'whose %s throws does not break out of the call',
    async (field) => {
      const [keys, options] = make(withBroken(field));
      const isLeftOut = field !== 'kind' && field !== 'reason';
      // Without a verdict, a result is a success.
      const isSuccess = !isLeftOut && way === 'of classifyResult';
      await expect(keys.call({ maxRetries: 1, ...options })).resolves.toBe(isSuccess ? 'bad' : 'K2');
      const whenFailed = isLeftOut ? 'cooling' : 'suspect';
      expect(keys.key('K1')).toMatchObject({ state: isSuccess ? 'healthy' : whenFailed, usage: { inUse: 0 } });
    },
  );

  it('whose fields cannot be listed applies', async () => {
    const [keys, options] = make(unlistable);
    await expect(keys.call({ maxRetries: 1, ...options })).resolves.toBe('K2');
    expect(keys.key('K1')).toMatchObject({ state: 'cooling', usage: { inUse: 0 } });
  });

  it('is read field by field, each once, however many fields it has', async () => {
    const reads: unknown[] = [];
    const others = Object.fromEntries(Array.from({ length: 1000 }, (_, number) => [`field${number}`, 'text']));
    const counted = new Proxy(
      { ...others, ...verdict },
      {
        get: (target, name) => {
          reads.push(name);
          return Reflect.get(target, name) as unknown;
        },
      },
    );
    const [keys, options] = make(counted);
    await expect(keys.call({ maxRetries: 1, ...options })).resolves.toBe('K2');
    const fields = ['kind', 'reason', 'scope', 'group', 'bucket', 'retryAfterMs', 'resetsAtMs', 'recheckAfterMs'];
    expect(reads.filter((name) => name !== 'then')).toEqual(fields);
  });
});

describe('the verdict of classifyResult', () => {
  it('keeps only its own fields, so that a response in it is not shown', async () => {
    const keys = scriptKeys({ K1: [returns({ apiKey: 'K1' })] });
    const call = keys.call({
      maxRetries: 1,
      classifyResult: (response) => ({ kind: 'transient', reason: 'x', response }) as ErrorVerdict,
    });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AllKeysFailedError);
    const { cause } = error as AllKeysFailedError;
    expect(FailedResultError.isInstance(cause) && cause.verdict).toEqual({ kind: 'transient', reason: 'x' });
  });
});

describe('what a response says of limits', () => {
  it('keeps only the fields of a limit, and only valid ones', async () => {
    const limit = { name: 'requests', remaining: 7, limit: Infinity, window: 'eon', scope: 'key', bucket: 'search' };
    const readLimits = () => [{ ...limit, headers: { authorization: 'K1' } }, withLimit(unreadable)] as never;
    const keys = scriptKeys(
      { K1: [ok] },
      { adapter: { probe: async () => ({ outcome: 'working', rateLimits: readLimits() }) } },
    );
    await keys.manager.checkKeys();
    expect(keys.key('K1').limits).toEqual([
      { name: 'requests', source: 'header', remaining: 7, bucket: 'search' },
      { name: 'tokens', source: 'header', remaining: 1 },
    ]);
  });
});

const unreadable = Object.defineProperty({}, 'bucket', { enumerable: true, get: broken });

function withLimit(fields: object): object {
  return Object.defineProperties({ name: 'tokens', remaining: 1 }, Object.getOwnPropertyDescriptors(fields));
}

describe('the result of a probe', () => {
  it('whose fields cannot be listed applies, with its known fields only', async () => {
    const result = { outcome: 'refused', group: 'project', verdict: unlistable, response: { apiKey: 'K1' } };
    const probe = async () => new Proxy(result, { ownKeys: broken, has: broken }) as never;
    const keys = scriptKeys({ K1: [ok] }, { adapter: { probe } });
    const [check] = await keys.manager.checkKeys();
    expect(check).toMatchObject({ outcome: 'refused', state: 'cooling' });
    expect(check).not.toHaveProperty('response');
    expect(keys.key('K1').group).toBe('project');
  });
});

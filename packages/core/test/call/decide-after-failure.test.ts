import { callWithFallback, InvalidOptionsError } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callerError, invalidKey, ok, quotaExhausted, rateLimited, scriptKeys, transient } from '../scripted-keys.ts';

afterEach(() => vi.restoreAllMocks());

describe('what each verdict makes the call do', () => {
  it('waits exactly the stated time on the same key when it is no longer than the delay', async () => {
    const { call, calls, sleeps, key } = scriptKeys({ K1: [rateLimited(50), ok], K2: [ok] });
    await expect(call()).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K1']);
    expect(sleeps).toEqual([50]);
    expect(key('K1').state).toBe('healthy');
  });

  it('tries again at once when the stated wait is 0', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [rateLimited(0), ok], K2: [ok] });
    await expect(call()).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K1']);
    expect(sleeps).toEqual([0]);
  });

  it('takes the next key at once when the stated wait is longer than the delay', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [rateLimited(101)], K2: [ok] });
    await expect(call()).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2']);
    expect(sleeps).toEqual([]);
  });

  it('treats a rate limit without a stated wait like a transient failure', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [rateLimited()], K2: [ok] });
    await expect(call({ maxRetries: 2, delay: 10 })).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K1', 'K2']);
    expect(sleeps).toEqual([10]);
  });

  it.each([Number.NaN, -5, Number.POSITIVE_INFINITY])('treats a stated wait of %d like none', async (wait) => {
    const { call, calls, sleeps, key } = scriptKeys({ K1: [rateLimited(wait)], K2: [ok] });
    await expect(call({ maxRetries: 2, delay: 10 })).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K1', 'K2']);
    expect(sleeps).toEqual([10]);
    expect(key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 510 });
  });

  it('takes the next key at once after an exhausted quota or an invalid key', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [quotaExhausted()], K2: [invalidKey()], K3: [ok] });
    await expect(call()).resolves.toBe('K3');
    expect(calls).toEqual(['K1', 'K2', 'K3']);
    expect(sleeps).toEqual([]);
  });

  it("rejects at once with the caller's own error and touches no key", async () => {
    const { call, calls, errors, manager } = scriptKeys({ K1: [callerError], K2: [ok] });
    const thrown = await call().catch((error: unknown) => error);
    expect(thrown).toBe(errors[0]);
    expect(calls).toEqual(['K1']);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});

describe('an attempt that marks its own key', () => {
  it.each(['rate-limited', 'quota-exhausted', 'invalid-key', 'transient'] as const)(
    'as %s and throws goes on to the next key without a pause',
    async (reason) => {
      const mark = () => {
        keys.manager.markKeyFailed(undefined, reason);
        throw new Error('out of credits');
      };
      const keys = scriptKeys({ K1: [mark], K2: [ok] });
      await expect(keys.call()).resolves.toBe('K2');
      expect(keys.calls).toEqual(['K1', 'K2']);
      expect(keys.sleeps).toEqual([]);
    },
  );

  it('marks the key of the attempt by default, whichever would be next', async () => {
    const mark = () => {
      keys.manager.markKeyFailed(undefined, 'invalid-key');
      throw new Error('revoked');
    };
    const keys = scriptKeys({ K1: [mark], K2: [ok] }, { strategy: 'round-robin' });
    await expect(keys.call()).resolves.toBe('K2');
    expect([keys.key('K1').state, keys.key('K2').state]).toEqual(['disabled', 'healthy']);
  });
});

it('a loop of markKeyFailed() ends, also inside an attempt', async () => {
  const markAll = () => {
    let marked = 1;
    while (keys.manager.markKeyFailed()) marked++;
    return marked;
  };
  const keys = scriptKeys({ K1: [markAll], K2: [ok], K3: [ok] });
  await expect(keys.call()).resolves.toBe(3);
});

describe('options', () => {
  const wrong = [
    ...[0, -1, Number.NaN, 1.5, '3', null].map((value) => ['maxRetries', `${value}`, value] as const),
    ...[-1, Number.NaN, Number.POSITIVE_INFINITY, '100'].map((value) => ['delay', `${value}`, value] as const),
    ...[-1, Number.NaN, '100'].map((value) => ['maxDelay', `${value}`, value] as const),
    ['backoff', 'linear', 'linear'] as const,
    ['signal', 'AbortSignal', {}] as const,
  ];

  it.each(wrong)('refuses %s %s before any attempt, naming both', async (name, shown, value) => {
    const { manager } = scriptKeys({ K1: [ok] });
    const fn = vi.fn<() => void>();
    const call = callWithFallback(manager, fn, { [name]: value });
    await expect(call).rejects.toThrow(InvalidOptionsError);
    await expect(call).rejects.toThrow(name);
    await expect(call).rejects.toThrow(shown);
    expect(fn).not.toHaveBeenCalled();
  });

  it('works with frozen options and leaves them as they are', async () => {
    const { call, calls } = scriptKeys({ K1: [transient, ok] });
    const options = Object.freeze({ maxRetries: 2, delay: 1 });
    await expect(call(options)).resolves.toBe('K1');
    await expect(call(options)).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K1', 'K1']);
    expect(options).toEqual({ maxRetries: 2, delay: 1 });
  });
});

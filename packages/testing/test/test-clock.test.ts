import { AllKeysFailedError } from '@api-key-fallback/core';
import { createTestManager } from '@api-key-fallback/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { acmeAdapter, failing, refusal } from './acme-adapter.ts';

describe('the clock of a test manager', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends pauses at once, and moves its clock by them', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1 });
    const start = keys.now();
    const realStart = performance.now();
    await keys.retryWithFallback(failing(refusal(500), refusal(500)), { maxRetries: 3, delay: 60_000 });
    expect(keys.now() - start).toBe(120_000);
    expect(performance.now() - realStart).toBeLessThan(60_000);
  });

  it('makes every pause with jitter the same in each run', async () => {
    const lengths = await Promise.all(
      [0, 1].map(async () => {
        const keys = createTestManager(acmeAdapter, { keys: 1 });
        const start = keys.now();
        await keys.retryWithFallback(failing(refusal(500), refusal(500)), { delay: 1000, backoff: 'exponential' });
        return keys.now() - start;
      }),
    );
    expect(lengths[0]).toBeGreaterThan(0);
    expect(lengths[0]).toBe(lengths[1]);
  });

  it('lets pauses of calls at the same time overlap', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1, startAt: 0 });
    const times: [string, number][] = [];
    const call = async (name: string, delay: number) => {
      await keys.retryWithFallback(failing(refusal(500)), { delay });
      times.push([name, keys.now()]);
    };
    await Promise.all([call('long', 5000), call('short', 1000), call('also long', 5000)]);
    expect(times).toEqual([
      ['short', 1000],
      ['long', 5000],
      ['also long', 5000],
    ]);
  });

  it('ends a wait for a key at once', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1, startAt: 0 });
    const call = failing(refusal(429, { 'retry-after': '30' }));
    expect(await keys.retryWithFallback(call, { onExhausted: 'wait' })).toBe(keys.getAllKeys()[0]);
    expect(keys.now()).toBe(30_000);
  });

  it('ends a cooldown when the clock reaches it', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1 });
    const limited = failing(refusal(429, { 'retry-after': '60' }));
    const error = await keys.retryWithFallback(limited).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AllKeysFailedError', reason: 'rate-limited', retryAfterMs: 60_000 });
    await keys.advance(50_000);
    await expect(keys.retryWithFallback(limited)).rejects.toThrow(AllKeysFailedError);
    expect(limited).toHaveBeenCalledOnce();
    await keys.advance(10_000);
    expect(await keys.retryWithFallback(limited)).toBe(keys.getAllKeys()[0]);
  });

  it('ends an attempt at its time limit when the clock reaches it', async () => {
    const keys = createTestManager(acmeAdapter, { startAt: 0 });
    const signals: AbortSignal[] = [];
    const call = keys.retryWithFallback(
      async (key, { signal }) => {
        signals.push(signal);
        return signals.length === 1 ? new Promise<string>(() => {}) : key;
      },
      { maxRetries: 1, attemptTimeout: 20_000 },
    );
    await keys.advance(19_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await keys.advance(1);
    expect(await call).toBe(keys.getAllKeys()[1]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('counts pauses towards the deadline', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1 });
    const call = keys.retryWithFallback(failing(refusal(500), refusal(500)), { delay: 1000, deadline: 1500 });
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('takes no time for an attempt, also while other calls pause', async () => {
    const keys = createTestManager(acmeAdapter, { startAt: 0 });
    const slow = keys.retryWithFallback(
      async () => {
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        return keys.now();
      },
      { attemptTimeout: 1000 },
    );
    await keys.retryWithFallback(failing(refusal(500)), { delay: 60_000 });
    expect(keys.now()).toBe(60_000);
    expect(await slow).toBe(0);
  });

  it('reaches no time limit by the pauses of other calls, however long the attempt takes', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1, startAt: 0 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = keys.retryWithFallback(() => promise, { attemptTimeout: 1000 });
    await keys.retryWithFallback(failing(refusal(500)), { delay: 60_000 });
    resolve('in time');
    expect(await slow).toBe('in time');
  });

  it.each([2, 5])(
    'ends calls at the same time when every key is limited without a stated wait: %i of them',
    async (calls) => {
      const keys = createTestManager(acmeAdapter);
      const call = () => keys.retryWithFallback(() => Promise.reject(refusal(429)), { delay: 1000 });
      const outcomes = await Promise.allSettled(Array.from({ length: calls }, call));
      expect(
        outcomes.map((outcome) => outcome.status === 'rejected' && AllKeysFailedError.isInstance(outcome.reason)),
      ).toEqual(Array.from({ length: calls }, () => true));
    },
  );

  it('ends a pause when the caller aborts', async () => {
    const keys = createTestManager(acmeAdapter, { keys: 1, startAt: 0 });
    const controller = new AbortController();
    const onFailedAttempt = () => queueMicrotask(() => controller.abort(new Error('enough')));
    const options = { delay: 1000, signal: controller.signal, onFailedAttempt };
    await expect(keys.retryWithFallback(failing(refusal(500)), options)).rejects.toThrow('enough');
    expect(keys.now()).toBe(0);
  });

  it('starts at the present, or at a time of your choice, whatever fake timers do', async () => {
    vi.useFakeTimers({ now: 5000 });
    const keys = createTestManager(acmeAdapter, { keys: 1 });
    expect(keys.now()).toBe(5000);
    expect(createTestManager(acmeAdapter, { startAt: new Date(7000) }).now()).toBe(7000);
    vi.advanceTimersByTime(1000);
    expect(keys.now()).toBe(5000);
    await keys.retryWithFallback(failing(refusal(500)), { delay: 1000 });
    await keys.advance(500);
    expect(keys.now()).toBe(6500);
  });

  it.each([-1, Number.NaN, Infinity, '60' as never])('refuses to advance by %j', async (ms) => {
    await expect(createTestManager(acmeAdapter).advance(ms)).rejects.toThrow(
      /^advance\(\) takes a number of milliseconds/,
    );
  });

  it.each([Number.NaN, new Date(Number.NaN), '2026' as never])('refuses to start at %j', (startAt) => {
    expect(() => createTestManager(acmeAdapter, { startAt })).toThrow(/^"startAt" must be a Date or a time in ms/);
  });
});

import { AllKeysFailedError } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { invalidKey, ok, rateLimited, scriptKeys, transient } from '../scripted-keys.ts';

describe('the exponential pause', () => {
  it.each([
    [1, [100, 200, 250]],
    [0.5, [50, 100, 125]],
    [0, [0, 0, 0]],
  ])('takes the part %d of the doubled and capped delay', async (chance, pauses) => {
    const { call, sleeps, runtime } = scriptKeys({ K1: [transient] });
    runtime.chance = chance;
    await expect(call({ maxRetries: 4, backoff: 'exponential', maxDelay: 250 })).rejects.toThrow(AllKeysFailedError);
    expect(sleeps).toEqual(pauses);
  });

  it('is at most 8 s long when no other limit is given', async () => {
    const { call, sleeps } = scriptKeys({ K1: [transient] });
    await expect(call({ maxRetries: 6, delay: 1000, backoff: 'exponential' })).rejects.toThrow(AllKeysFailedError);
    expect(sleeps).toEqual([1000, 2000, 4000, 8000, 8000]);
  });

  it('stays finite and within its limit after a thousand attempts', async () => {
    const { call, sleeps } = scriptKeys({ K1: [transient] });
    await expect(call({ maxRetries: 1200, backoff: 'exponential', maxDelay: 300 })).rejects.toThrow(AllKeysFailedError);
    expect(sleeps).toHaveLength(1199);
    expect(new Set(sleeps)).toEqual(new Set([100, 200, 300]));
  });

  it('starts anew on each key', async () => {
    const { call, sleeps } = scriptKeys({ K1: [transient], K2: [transient] });
    await expect(call({ maxRetries: 3, backoff: 'exponential' })).rejects.toThrow(AllKeysFailedError);
    expect(sleeps).toEqual([100, 200, 100, 200]);
  });
});

describe('a stated wait', () => {
  it('is kept on the same key when it is as long as the delay', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [rateLimited(100), ok], K2: [ok] });
    await call();
    expect(calls).toEqual(['K1', 'K1']);
    expect(sleeps).toEqual([100]);
  });

  it('is measured against the pause that would come next under back-off', async () => {
    const early = scriptKeys({ K1: [rateLimited(150)], K2: [ok] });
    await early.call({ backoff: 'exponential' });
    expect(early.calls).toEqual(['K1', 'K2']);

    const late = scriptKeys({ K1: [transient, rateLimited(150), ok], K2: [ok] });
    await late.call({ backoff: 'exponential' });
    expect(late.calls).toEqual(['K1', 'K1', 'K1']);
    expect(late.sleeps).toEqual([100, 150]);
  });

  it('is not waited for when no attempt is left on the key', async () => {
    const { call, calls, sleeps, key } = scriptKeys({ K1: [rateLimited(50)], K2: [ok] });
    await call({ maxRetries: 2 });
    expect(calls).toEqual(['K1', 'K1', 'K2']);
    expect(sleeps).toEqual([50]);
    expect(key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 100 });
  });

  it('of 0 leaves the key suspect, not cooling, when no attempt is left', async () => {
    const { call, calls, key } = scriptKeys({ K1: [rateLimited(0)], K2: [ok] });
    await call({ maxRetries: 1 });
    expect(calls).toEqual(['K1', 'K2']);
    expect(key('K1').state).toBe('suspect');
  });
});

describe('a pause that would last beyond the deadline', () => {
  it('before a key that was left early ends the call at once', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [transient], K2: [invalidKey()] });
    const failure = await call({ delay: 5000, deadline: 600 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: [{ ordinal: 1 }, { ordinal: 2 }] });
    expect(calls).toEqual(['K1', 'K2']);
    expect(sleeps).toEqual([]);
  });

  it('before a key that is soon back ends the call at once', async () => {
    const { call, sleeps } = scriptKeys({ K1: [rateLimited(3000)] });
    await call({ maxRetries: 1 }).catch(() => {});
    const failure = call({ delay: 5000, deadline: 600 });
    await expect(failure).rejects.toThrow('It is available again in 3 s.');
    expect(sleeps).toEqual([]);
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { callMany } from '../call-many.ts';
import { fails, ok, rateLimited, scriptKeys, takes, transient, type Outcome } from '../scripted-keys.ts';

const bad = takes(100, transient);

describe('a streak of vague failures', () => {
  it.each([
    ['transient failures', transient, 'suspect'],
    ['refusals that state no wait', rateLimited(), 'cooling'],
  ])('of %s counts over all calls, and demotes the key', async (_name, outcome, state) => {
    const keys = scriptKeys({ K1: [takes(100, outcome)], K2: [ok] }, { stepped: true });
    void keys.call();
    void keys.call();
    await keys.runtime.advance(100);
    expect(keys.key('K1').state).toBe('healthy');
    keys.manager.disable('K2');
    void keys.call().catch(() => {});
    keys.manager.enable('K2');
    await keys.runtime.advance(99);
    expect(keys.key('K1').state).toBe('healthy');
    await keys.runtime.advance(1);
    expect(keys.key('K1').state).toBe(state);
  });

  it('ends with any success', async () => {
    const keys = scriptKeys({ K1: [transient, transient, ok, transient, transient, ok], K2: [ok] });
    await keys.call();
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K1', 'K1', 'K1']);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('ends with the success of another call, so that a poison request blames no key', async () => {
    let wanted = 1;
    const keys = scriptKeys(
      { K1: [ok], K2: [ok] },
      { strategy: (all) => all.find(({ ordinal }) => ordinal === wanted) },
    );
    const outside = AsyncLocalStorage.snapshot();
    const poison = async (key: string): Promise<unknown> => {
      wanted = key === 'K1' ? 1 : 2;
      await expect(outside(() => keys.call())).resolves.toBe(key);
      return transient(key, keys.runtime);
    };
    const asked: string[] = [];
    const call = keys.manager.retryWithFallback((key: string) => (asked.push(key), poison(key)), { delay: 1 });
    await expect(call).rejects.toMatchObject({ name: 'AllKeysFailedError' });
    expect(asked).toEqual(['K1', 'K1', 'K1', 'K2', 'K2', 'K2']);
    expect(keys.manager.getFailedKeys()).toEqual([]);
  });

  it('is as long as the attempts of a call: a single call demotes its key with its last attempt', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [ok] });
    await keys.call({ maxRetries: 5 });
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K1', 'K1', 'K2']);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('starts over when an operator resets the key', async () => {
    const keys = scriptKeys({ K1: [transient, transient, transient, transient, ok], K2: [ok] });
    await keys.call({ maxRetries: 2 });
    keys.manager.reset();
    await keys.call({ maxRetries: 3 });
    expect(keys.calls).toEqual(['K1', 'K1', 'K2', 'K1', 'K1', 'K1']);
  });
});

describe('a call on a key that other calls have struck', () => {
  it('leaves it at once, also after its pause', async () => {
    const keys = scriptKeys({ K1: [bad], K2: [ok] }, { stepped: true });
    const calls = Promise.all([keys.call(), keys.call(), keys.call()]);
    await keys.runtime.advance(100);
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K2']);
    await keys.runtime.advance(100);
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K2', 'K2', 'K2']);
    await expect(calls).resolves.toEqual(['K2', 'K2', 'K2']);
  });

  it('stays on it while no better key is left', async () => {
    const keys = scriptKeys({ K1: [bad, bad, bad, bad, ok] }, { stepped: true });
    await expect(callMany(keys, 2)).resolves.toMatchObject({ served: 2 });
    expect(keys.sleeps).toEqual([100, 100, 100, 100]);
  });

  it('comes back to its unused attempts when no other key is left, after `delay`, and makes no more than it may', async () => {
    const keys = scriptKeys({ K1: [bad, bad, bad, ok], K2: [bad] }, { stepped: true });
    const call = keys.call({ delay: 500 });
    void keys.call({ delay: 500 }).catch(() => {});
    void keys.call({ delay: 500 }).catch(() => {});
    const started: string[] = [];
    keys.manager.on('attempt.started', ({ key, attemptNumber }) =>
      started.push(`${key.label.slice(-1)} ${attemptNumber} at ${keys.runtime.now()}`),
    );
    await keys.runtime.advance(60_000);
    await call;
    expect(started.filter((line) => line.startsWith('1'))).toEqual(['1 2 at 1900', '1 2 at 2400', '1 2 at 2400']);
    expect(started.indexOf('1 2 at 1900')).toBe(9);
  });

  it('comes back only with a token of the retry budget', async () => {
    const script = { K1: [transient, ok], K2: [transient] } as const;
    const nextKey = { retryOn: 'next-key' } as const;
    const poor = scriptKeys(script, { retryBudget: { tokens: 0 } });
    await expect(poor.call(nextKey)).rejects.toThrow('the retry budget is spent');
    expect(poor.calls).toEqual(['K1', 'K2']);
    const rich = scriptKeys(script, { retryBudget: {} });
    await expect(rich.call(nextKey)).resolves.toBe('K1');
  });

  it('never makes more than maxRetries attempts on a key', async () => {
    const each: Outcome = fails({ kind: 'transient', reason: 'scripted' });
    for (const retryOn of ['same-key', 'next-key'] as const) {
      const keys = scriptKeys({ K1: [each], K2: [each], K3: [each] });
      await keys.call({ retryOn, maxRetries: 4 }).catch(() => {});
      for (const name of ['K1', 'K2', 'K3']) expect(keys.calls.filter((key) => key === name)).toHaveLength(4);
    }
  });
});

describe("retryOn: 'next-key'", () => {
  const nextKey = { retryOn: 'next-key' } as const;

  it('takes another key at once while one is left that nothing speaks against', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [transient], K3: [ok] });
    await expect(keys.call(nextKey)).resolves.toBe('K3');
    expect(keys.calls).toEqual(['K1', 'K2', 'K3']);
    expect(keys.sleeps).toEqual([]);
  });

  it('tries the last key again after a pause, then those that it has left', async () => {
    const keys = scriptKeys({ K1: [transient, transient, ok], K2: [transient] });
    await expect(keys.call({ ...nextKey, maxRetries: 3 })).resolves.toBe('K1');
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K2', 'K1', 'K1']);
    expect(keys.sleeps).toEqual([100, 100, 100, 100]);
  });

  it('leaves a key that failed once in good standing', async () => {
    const keys = scriptKeys({ K1: [transient, ok], K2: [ok] });
    await keys.call(nextKey);
    expect(keys.key('K1').state).toBe('healthy');
    await expect(keys.call(nextKey)).resolves.toBe('K1');
  });
});

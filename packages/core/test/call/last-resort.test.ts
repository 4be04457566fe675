import { describe, expect, it } from 'vitest';
import { startMany } from '../call-many.ts';
import { outcomeNow } from '../fake-runtime.ts';
import {
  callerError,
  hangs,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptKeys,
  takes,
  transient,
  type Outcome,
} from '../scripted-keys.ts';

const once = { maxRetries: 1 };

describe('keys that all rest by a guess', () => {
  it('are not locked: a call asks the longest-rested one once', async () => {
    const keys = scriptKeys({ K1: [rateLimited(), ok], K2: [rateLimited()] });
    await keys.call(once).catch(() => {});
    expect(keys.calls).toEqual(['K1', 'K2']);
    await expect(keys.call(once)).resolves.toBe('K1');
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('fail a call that has asked the longest-rested one in vain', async () => {
    const keys = scriptKeys({ K1: [rateLimited()], K2: [rateLimited()] });
    await keys.call(once).catch(() => {});
    keys.runtime.set(1);
    await expect(keys.call()).rejects.toMatchObject({ reason: 'rate-limited', attempts: [{ attemptNumber: 1 }] });
    await expect(keys.call()).rejects.toMatchObject({ attempts: [{ attemptNumber: 1 }] });
    expect(keys.calls).toEqual(['K1', 'K2', 'K1', 'K2']);
  });

  it.each<[string, Outcome]>([
    ['is refused again', rateLimited()],
    ['fails', transient],
    ['is refused for good', invalidKey()],
  ])('are asked by one call; those that come meanwhile fail with it when the key %s', async (_name, outcome) => {
    const keys = scriptKeys({ K1: [rateLimited(), takes(100, outcome)] }, { stepped: true });
    await keys.call(once).catch(() => {});
    const all = startMany(keys, 50);
    await keys.runtime.advance(99);
    expect(keys.calls).toHaveLength(2);
    await keys.runtime.advance(1);
    const { errors } = await all;
    expect(errors).toHaveLength(50);
    expect(keys.calls).toHaveLength(2);
  });

  it('serve all calls when the one that asks is served', async () => {
    const keys = scriptKeys({ K1: [rateLimited(), takes(100, ok)] }, { stepped: true });
    await keys.call(once).catch(() => {});
    const all = startMany(keys, 50);
    await keys.runtime.advance(99);
    expect(keys.calls).toHaveLength(2);
    await keys.runtime.advance(101);
    await expect(all).resolves.toMatchObject({ served: 50 });
  });

  it('hold a call that waits for the outcome no longer than its deadline, or its abort', async () => {
    const keys = scriptKeys({ K1: [rateLimited(), takes(100, ok)] }, { stepped: true });
    await keys.call(once).catch(() => {});
    const first = keys.call(once);
    const inTime = keys.call({ ...once, deadline: 50 });
    const controller = new AbortController();
    const aborted = keys.call({ ...once, signal: controller.signal });
    aborted.catch(() => {});
    await keys.runtime.advance(49);
    await expect(outcomeNow(inTime)).resolves.toBe('pending');
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    inTime.catch(() => {});
    await keys.runtime.advance(1);
    await expect(inTime).rejects.toMatchObject({ name: 'DeadlineExceededError' });
    await keys.runtime.advance(100);
    await expect(first).resolves.toBe('K1');
  });

  it.each<[string, Outcome]>([
    ['was aborted', hangs],
    ['failed by its own mistake', takes(50, callerError)],
  ])('are asked by the next call when the first one %s', async (_name, outcome) => {
    const keys = scriptKeys({ K1: [rateLimited(), outcome, ok] }, { stepped: true });
    await keys.call(once).catch(() => {});
    const controller = new AbortController();
    const first = keys.call({ ...once, signal: controller.signal });
    first.catch(() => {});
    const second = keys.call(once);
    await keys.runtime.advance(50);
    controller.abort(new Error('enough'));
    await expect(second).resolves.toBe('K1');
  });

  it('are asked by another call after a minute without an outcome', async () => {
    let asked = 0;
    // The ladder makes the last rest longer than a minute.
    const each: Outcome = (key, runtime) => [rateLimited(), hangs, ok][Math.max(0, ++asked - 9)]?.(key, runtime);
    const keys = scriptKeys({ K1: [each] }, { stepped: true });
    for (let refused = 0; refused < 9; refused++) await keys.call(once).catch(() => {});
    void keys.call(once);
    const second = keys.call(once);
    await keys.runtime.advance(59_000);
    expect(keys.calls).toHaveLength(10);
    await keys.runtime.advance(2000);
    await expect(second).resolves.toBe('K1');
  });

  it('cost a call at most keys × maxRetries requests', async () => {
    for (const maxRetries of [1, 2, 3]) {
      const keys = scriptKeys({ K1: [rateLimited()], K2: [rateLimited()], K3: [rateLimited()] });
      await keys.call({ maxRetries }).catch(() => {});
      expect(keys.calls.length).toBeLessThanOrEqual(3 * maxRetries);
    }
  });

  it('are waited for by a call that would rather wait', async () => {
    const keys = scriptKeys({ K1: [rateLimited(), ok] });
    await keys.call(once).catch(() => {});
    await expect(keys.call({ ...once, onExhausted: 'wait' })).resolves.toBe('K1');
    expect(keys.sleeps).toEqual([500]);
  });
});

describe('a fact is a lock', () => {
  it.each<[string, Outcome]>([
    ['a stated wait', rateLimited(60_000)],
    ['an exhausted quota', quotaExhausted()],
    ['a refused key', invalidKey()],
  ])('%s', async (_name, outcome) => {
    const keys = scriptKeys({ K1: [outcome] });
    await keys.call(once).catch(() => {});
    await expect(keys.call(once)).rejects.toMatchObject({ attempts: [] });
    expect(keys.calls).toHaveLength(1);
  });

  it.each(['rate-limited', 'quota-exhausted', 'invalid-key'] as const)('markKeyFailed(%s)', async (reason) => {
    const keys = scriptKeys({ K1: [ok] });
    keys.manager.markKeyFailed('K1', reason);
    await expect(keys.call(once)).rejects.toMatchObject({ attempts: [] });
  });

  it('also on a key that rests by a guess', async () => {
    const keys = scriptKeys({ K1: [rateLimited(), quotaExhausted()] });
    await keys.call(once).catch(() => {});
    await keys.call(once).catch(() => {});
    await expect(keys.call(once)).rejects.toMatchObject({ attempts: [] });
    expect(keys.calls).toHaveLength(2);
  });
});

describe('the only key, once it may have stopped being refused', () => {
  const refusedFirst = async (next: Outcome) => {
    const keys = scriptKeys({ K1: [invalidKey(), takes(100, next)] }, { stepped: true });
    await keys.call(once).catch(() => {});
    return keys;
  };

  it.each<[string, Outcome, number, number]>([
    ['fails the others with it', invalidKey(), 2, 0],
    ['lets the others go on when it works', ok, 51, 50],
  ])('is tried by one call, which %s', async (_name, next, requests, served) => {
    const keys = await refusedFirst(next);
    await keys.runtime.advance(300_000);
    const all = startMany(keys, 50);
    await keys.runtime.advance(99);
    expect(keys.calls).toHaveLength(2);
    await keys.runtime.advance(201);
    expect((await all).served).toBe(served);
    expect(keys.calls).toHaveLength(requests);
    expect(keys.runtime.asleep).toBe(0);
  });

  it('is not waited for during a pause', async () => {
    const keys = await refusedFirst(ok);
    await keys.runtime.advance(299_950);
    await expect(outcomeNow(keys.call())).resolves.toHaveProperty('error.code', 'ALL_KEYS_FAILED');
  });
});

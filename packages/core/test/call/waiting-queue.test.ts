import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { startMany } from '../call-many.ts';
import { outcomeNow } from '../fake-runtime.ts';
import {
  hangs,
  ok,
  quotaExhausted,
  rateLimited,
  scriptKeys,
  takes,
  transient,
  type Outcome,
} from '../scripted-keys.ts';

const waiting = { maxRetries: 1, onExhausted: 'wait' } as const;
const stepped = { stepped: true } as const;

describe('calls that wait for a key', () => {
  it.each(['enable', 'reset'] as const)('go on when an operator calls %s()', async (method) => {
    const keys = scriptKeys({ K1: [quotaExhausted(50_000), ok] }, stepped);
    const calls = startMany(keys, 3, waiting);
    await keys.runtime.advance(100);
    keys.manager[method]('K1');
    await expect(calls).resolves.toMatchObject({ served: 3 });
    expect(keys.runtime.now()).toBe(100);
    expect(keys.runtime.asleep).toBe(0);
  });

  it('send one call ahead on a key that comes back, and wait for its outcome', async () => {
    const keys = scriptKeys({ K1: [rateLimited(1000), takes(100, ok)] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const calls = startMany(keys, 100, waiting);
    await keys.runtime.advance(1099);
    expect(keys.calls).toHaveLength(2);
    await keys.runtime.advance(1);
    expect(keys.calls).toHaveLength(101);
    await keys.runtime.advance(100);
    await expect(calls).resolves.toMatchObject({ served: 100 });
  });

  it('wait on, again for one call, when that outcome is a failure', async () => {
    const script = { K1: [rateLimited(1000), takes(100, rateLimited(2000)), takes(100, ok)] } as const;
    const keys = scriptKeys(script, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const calls = startMany(keys, 100, waiting);
    await keys.runtime.advance(3199);
    expect(keys.calls).toHaveLength(3);
    await keys.runtime.advance(200);
    await expect(calls).resolves.toMatchObject({ served: 100 });
  });

  it('wait for that outcome no longer than their deadline', async () => {
    const keys = scriptKeys({ K1: [rateLimited(1000), takes(10_000, ok)] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const first = keys.call(waiting);
    const second = keys.call({ ...waiting, deadline: 3000 });
    second.catch(() => {});
    await keys.runtime.advance(2999);
    await expect(outcomeNow(second)).resolves.toBe('pending');
    await keys.runtime.advance(1);
    await expect(second).rejects.toMatchObject({ name: 'DeadlineExceededError' });
    await keys.runtime.advance(10_000);
    await expect(first).resolves.toBe('K1');
  });

  it('wait for that outcome no longer than `maxWait`', async () => {
    const keys = scriptKeys({ K1: [rateLimited(1000), hangs, ok] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    void keys.call(waiting);
    const second = keys.call({ ...waiting, maxWait: 5000 });
    await keys.runtime.advance(4999);
    expect(keys.calls).toHaveLength(2);
    await keys.runtime.advance(1);
    await expect(second).resolves.toBe('K1');
  });

  it('count the time that they wait now for `maxWait`', async () => {
    const keys = scriptKeys({ K1: [rateLimited(30_000), takes(1000, rateLimited(40_000))] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    void keys.call(waiting).catch(() => {});
    const second = keys.call(waiting);
    second.catch(() => {});
    await keys.runtime.advance(31_001);
    await expect(second).rejects.toMatchObject({ retryAfterMs: 40_000 });
  });

  it('are served first come, first served', async () => {
    const started: number[] = [];
    const keys = scriptKeys({ K1: [rateLimited(1000), ok] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const calls = [1, 2, 3, 4, 5].map((number) =>
      keys.manager.retryWithFallback(async () => void started.push(number), waiting),
    );
    await keys.runtime.advance(1000);
    await Promise.all(calls);
    expect(started).toEqual([1, 2, 3, 4, 5]);
  });

  it('leave no timer when they are aborted', async () => {
    const keys = scriptKeys({ K1: [rateLimited(10_000)] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const controller = new AbortController();
    const calls = startMany(keys, 10, { ...waiting, signal: controller.signal });
    await keys.runtime.advance(10);
    expect(keys.runtime.asleep).toBe(1);
    controller.abort(new Error('enough'));
    await calls;
    expect(keys.runtime.asleep).toBe(0);
  });

  it.each([4, 10_000])('do not hold the event loop, 1000 of them with %d keys', async (size) => {
    const each: Outcome = rateLimited(30_000);
    const script = Object.fromEntries(Array.from({ length: size }, (_, index) => [`K${index}`, [each] as const]));
    const keys = scriptKeys(script, stepped);
    for (const name of Object.keys(script)) keys.manager.markKeyFailed(name, 'rate-limited');
    const controller = new AbortController();
    const calls = startMany(keys, 1000, { ...waiting, maxWait: 120_000, signal: controller.signal });
    const before = performance.now();
    for (let change = 0; change < 10; change++) {
      keys.manager.markKeyFailed('K1', 'rate-limited');
      await keys.runtime.advance(1);
    }
    expect((performance.now() - before) / 10).toBeLessThan(100);
    controller.abort();
    await calls;
  });

  it('fail when waiting no longer helps', async () => {
    const keys = scriptKeys({ K1: [rateLimited(10_000)] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const call = keys.call(waiting);
    call.catch(() => {});
    await keys.runtime.advance(10);
    keys.manager.disable('K1');
    await expect(call).rejects.toMatchObject({ name: 'AllKeysFailedError' });
  });

  it('let one call try a suspect key that recovers, too', async () => {
    const keys = scriptKeys({ K1: [transient, takes(100, ok)] }, stepped);
    await keys.call({ maxRetries: 1 }).catch(() => {});
    await keys.runtime.advance(30_000);
    const calls = startMany(keys, 10, waiting);
    await keys.runtime.advance(99);
    expect(keys.calls).toHaveLength(2);
    await keys.runtime.advance(101);
    await expect(calls).resolves.toMatchObject({ served: 10 });
  });
});

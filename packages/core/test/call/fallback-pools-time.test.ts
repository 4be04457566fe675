import { AllKeysFailedError, DeadlineExceededError } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { down, invalid, limited, LinkedPools } from './linked-pools.ts';

let pools: LinkedPools;

beforeEach(() => {
  pools = new LinkedPools();
});
afterEach(() => pools.close());

describe('fallbackTo and time', () => {
  it('ends with the deadline of the whole call', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    const slow = async () => {
      await pools.runtime.pass(600);
      return down();
    };
    pools.outcomes = { A1: slow, S1: slow };
    const error: unknown = await pools
      .call(home, { maxRetries: 3, deadline: 1500, delay: 400 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(error).toMatchObject({ pool: 'a' });
  });

  it('waits only when no pool is left, for the first key that is back in any of them', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: limited(60_000) };
    await expect(pools.call(home, { onExhausted: 'wait' })).resolves.toBe('S1');
    expect(pools.runtime.now()).toBe(0);
    pools.outcomes = {
      S1: () => {
        delete pools.outcomes['A1'];
        return limited(90_000)();
      },
    };
    await expect(pools.call(home, { onExhausted: 'wait', maxWait: 70_000 })).resolves.toBe('A1');
    expect(pools.runtime.now()).toBe(60_000);
    pools.outcomes = { A1: limited(500_000) };
    pools.runtime.set(61_000);
    await expect(pools.call(home, { onExhausted: 'wait', maxWait: 70_000 })).resolves.toBe('S1');
    expect(pools.runtime.now()).toBe(90_000);
  });

  it('does not wait for longer than maxWait', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: limited(60_000), S1: limited(50_000) };
    await expect(pools.call(home, { onExhausted: 'wait', maxWait: 40_000 })).rejects.toThrow(AllKeysFailedError);
    expect(pools.runtime.now()).toBe(0);
  });

  it('ends with the abort of the caller in the other pool', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    const stop = new AbortController();
    pools.outcomes = { A1: invalid, S1: () => stop.abort(new Error('enough')) ?? new Promise(() => {}) };
    await expect(pools.call(home, { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('waits again for the first key of all pools when the one that it has waited for fails', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = {
      A1: limited(60_000),
      S1: () => {
        delete pools.outcomes['S1'];
        pools.outcomes['A1'] = limited(500_000);
        return limited(90_000)();
      },
    };
    await expect(pools.call(home, { onExhausted: 'wait', maxWait: 200_000 })).resolves.toBe('S1');
    expect(pools.runtime.now()).toBe(90_000);
    expect(pools.calls).toEqual(['A1', 'S1', 'A1', 'S1']);
  });

  it('goes on at once when a pause would last beyond the deadline', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: down };
    await expect(pools.call(home, { maxRetries: 3, delay: 1000, deadline: 1000 })).resolves.toBe('S1');
    expect(pools.runtime.now()).toBe(0);
  });

  it('says when the first key of all pools is back', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: limited(5000), S1: limited(600_000) };
    const error: unknown = await pools.call(home).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ retryAfterMs: 5000 });
    expect((error as Error).message).toMatch(/The first key is available again in 5 s\.$/);
  });

  it('reports no exhaustion of a pool to which the call comes back', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    const shared = pools.managerOf('shared', ['S1']);
    const exhausted: object[] = [];
    for (const manager of [home, shared]) manager.on('keys.exhausted', (event) => exhausted.push(event));
    pools.outcomes = {
      A1: limited(2000),
      S1: () => {
        delete pools.outcomes['A1'];
        return limited(60_000)();
      },
    };
    await expect(pools.call(home, { onExhausted: 'wait' })).resolves.toBe('A1');
    expect(exhausted).toMatchObject([{ pool: 'a', fallbackTo: { pool: 'shared' } }]);
  });
});

describe('fallbackTo of a pool whose keys are full', () => {
  const running = (manager: { retryWithFallback(fn: () => Promise<void>): Promise<void> }) => {
    void manager.retryWithFallback(() => new Promise(() => {}));
  };

  it.each(['fail', 'wait'] as const)(
    'takes the first pool of the chain that can serve now (%s)',
    async (onExhausted) => {
      const limits = { concurrency: 1 };
      const home = pools.managerOf('a', ['A1'], { limits, fallbackTo: 'b' });
      running(home);
      running(pools.managerOf('b', ['B1'], { limits, fallbackTo: 'c' }));
      pools.managerOf('c', ['C1']);
      await expect(pools.call(home, { maxRetries: 3, onExhausted })).resolves.toBe('C1');
      expect(pools.runtime.now()).toBe(0);
    },
  );

  it('takes it also for a call that would have to wait for others', async () => {
    const home = pools.managerOf('a', ['A1'], { limits: { concurrency: 1 }, fallbackTo: 'b' });
    const second = pools.managerOf('b', ['B1'], { limits: { concurrency: 1 } });
    running(home);
    let end = () => {};
    const long = second.retryWithFallback(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const waiting = [1, 2].map(() => pools.call(home, { maxRetries: 1000, onExhausted: 'wait' }));
    end();
    await long;
    await expect(Promise.race(waiting)).resolves.toBe('B1');
    await expect(pools.call(home, { maxRetries: 1000 })).resolves.toBe('B1');
  });

  it('waits only while no pool can serve, for the first that has room', async () => {
    const home = pools.managerOf('a', ['A1'], { limits: { requestsPerMinute: 1 }, fallbackTo: 'b' });
    const second = pools.managerOf('b', ['B1'], { limits: { requestsPerMinute: 1 } });
    await pools.call(home);
    pools.runtime.set(2000);
    await pools.call(second);
    await expect(pools.call(home, { onExhausted: 'wait' })).resolves.toBe('A1');
    expect([pools.runtime.now(), pools.calls]).toEqual([61_000, ['A1', 'B1', 'A1']]);
  });

  it('leaves the pool in which it waits when another one can serve it', async () => {
    const home = pools.managerOf('a', ['A1'], { limits: { concurrency: 1 }, fallbackTo: 'b' });
    running(home);
    const second = pools.managerOf('b', ['B1'], { limits: { concurrency: 1 } });
    const long = second.retryWithFallback(
      () =>
        new Promise<void>((resolve) => {
          pools.runtime.timer(20_000, resolve);
        }),
    );
    await expect(pools.call(home, { onExhausted: 'wait' })).resolves.toBe('B1');
    await long;
    expect(pools.runtime.now()).toBeLessThanOrEqual(21_000);
  });
});

import { registry } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ok, rateLimited, transient, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange } from '../sync/unreliable-store.ts';
import { OpenPools, stateOf } from './open-pools.ts';

const once = { maxRetries: 1 };
const pools = new OpenPools();

afterEach(() => pools.close());

describe('a key in two pools, one of which has ended', () => {
  /** Runs a call of `a` that is refused after the change. */
  async function refusedAfter(change: (a: ScriptedKeys) => unknown): Promise<ScriptedKeys> {
    const gate = Promise.withResolvers<void>();
    const refused: Outcome = async (key, runtime) => {
      await gate.promise;
      return rateLimited(1000)(key, runtime);
    };
    const a = pools.make('a', { K1: [refused] });
    const b = pools.make('b', { K1: [ok], K2: [ok] }, { runtime: a.runtime });
    pools.make('c', { K1: [ok] }, { runtime: a.runtime });
    const call = a.call(once).catch(() => {});
    await exchange();
    await change(a);
    b.manager.disable('K1');
    gate.resolve();
    await call;
    return b;
  }

  it('stays switched off when a call of the closed pool fails', async () => {
    const b = await refusedAfter(({ manager }) => manager.close());
    expect(stateOf(b, 'key 1')).toEqual({ state: 'disabled' });
  });

  it('stays switched off when a call of the replaced manager fails', async () => {
    const b = await refusedAfter(({ manager, runtime }) => {
      registry.register(manager);
      registry.register(pools.make('a', { K1: [ok] }, { runtime }).manager, { replace: true });
      registry.unregister('scripted');
    });
    expect(stateOf(b, 'key 1')).toEqual({ state: 'disabled' });
  });
});

describe('calls of two pools with a key in common', () => {
  it('ignore a failure that began before the suspicion ended in the other pool', async () => {
    const gate = Promise.withResolvers<void>();
    const late: Outcome = async (key, runtime) => {
      await gate.promise;
      return rateLimited(60_000)(key, runtime);
    };
    const a = pools.make('a', { K1: [transient, ok], K2: [ok] });
    const b = pools.make('b', { K1: [late] }, { runtime: a.runtime });
    await a.call(once);
    expect(stateOf(b, 'key 1')?.state).toBe('suspect');
    const call = b.call(once).catch(() => {});
    a.manager.disable('K2');
    await a.call(once);
    expect(stateOf(b, 'key 1')).toEqual({ state: 'healthy' });
    gate.resolve();
    await call;
    expect([stateOf(a, 'key 1'), stateOf(b, 'key 1')]).toEqual([{ state: 'healthy' }, { state: 'healthy' }]);
  });

  it('go on when the call of the other pool has tried the key for them', async () => {
    const [isDown, isTried] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const down: Outcome = async (key, runtime) => {
      await isDown.promise;
      return transient(key, runtime);
    };
    const a = pools.make(
      'a',
      { X1: [down], K1: [() => isTried.promise] },
      { stepped: true, retryBudget: { tokens: 0 } },
    );
    const b = pools.make('b', { Y1: [down], K1: [ok] }, { runtime: a.runtime, retryBudget: { tokens: 0 } });
    const calls = Promise.all([a.call(once), b.call(once)]);
    await a.runtime.advance(1000);
    isDown.resolve();
    await a.runtime.advance(1000);
    isTried.resolve('K1');
    await expect(calls).resolves.toEqual(['K1', 'K1']);
  });

  it('try a key that only a guess keeps out one at a time', async () => {
    const running = { now: 0, most: 0 };
    const tried: Outcome = async (key, runtime) => {
      running.most = Math.max(running.most, ++running.now);
      await runtime.pass(10);
      running.now--;
      return rateLimited()(key, runtime);
    };
    const a = pools.make('a', { K1: [rateLimited(), tried] }, { stepped: true });
    const b = pools.make('b', { K1: [tried] }, { runtime: a.runtime });
    await a.call({ ...once, delay: 0 }).catch(() => {});
    const calls = Promise.allSettled([a.call({ ...once, delay: 0 }), b.call({ ...once, delay: 0 })]);
    await a.runtime.advance(60_000);
    await calls;
    expect(running.most).toBe(1);
  });
});

import { MemoryStore, registry, type KeyManagerOptions } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { ok, scriptKeys, takes, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { closeLater, pass } from '../sync/virtual-processes.ts';
import { callTimes, rejection } from './limited-keys.ts';

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

function usedOf({ manager }: ScriptedKeys): readonly unknown[] {
  return (manager.status().keys[0]?.limits ?? []).map(({ used }) => used);
}

/** A manager and its replacement, on the same clock. */
function pairOf(
  options: KeyManagerOptions & { readonly groups?: Readonly<Record<string, string>> },
): [ScriptedKeys, ScriptedKeys] {
  const runtime = new FakeRuntime({ stepped: true });
  const make = () => closeLater(scriptKeys({ K1: [ok] }, { runtime, stepped: true, ...options }));
  return [make(), make()];
}

describe('limits of a manager that is replaced', () => {
  it('count what both have used before', async () => {
    const [first, second] = pairOf({ limits: { requestsPerMinute: 10, requestsPerDay: 20 } });
    registry.register(first.manager);
    await callTimes(first, 1);
    await callTimes(second, 8);
    registry.register(second.manager, { replace: true });
    expect(usedOf(second)).toEqual([9, 9]);
  });

  it('count what the groups have used', async () => {
    const [first, second] = pairOf({ groups: { K1: 'a' }, groupLimits: { a: { requestsPerMinute: 5 } } });
    registry.register(first.manager);
    await callTimes(first, 4);
    registry.register(second.manager, { replace: true });
    await callTimes(second, 1);
    expect(usedOf(second)).toEqual([5]);
  });

  it.each([true, false])('count each request once with a store (the old one is closed: %s)', async (isClosed) => {
    const store = new UnreliableStore();
    const [first, second] = pairOf({ store, limits: { requestsPerMinute: 100, requestsPerDay: 100 } });
    registry.register(first.manager);
    await callTimes(first, 60);
    await pass(3000, store, first);
    second.manager.status();
    await pass(3000, store, first);
    registry.register(second.manager, { replace: true });
    if (isClosed) void first.manager.close();
    expect(usedOf(second)).toEqual([60, 60]);
    await callTimes(second, 10);
    await pass(5000, store, first);
    second.manager.status();
    await pass(5000, store, first);
    expect(usedOf(second)).toEqual([70, 70]);
  });

  it('count each request in a bucket once with a store', async () => {
    const store = new UnreliableStore();
    const search = { operation: 'search' };
    const buckets = { search: { requestsPerMinute: 100, requestsPerDay: 100 } };
    const [first, second] = pairOf({ store, limits: { buckets } });
    registry.register(first.manager);
    await callTimes(first, 60, search);
    await pass(3000, store, first);
    second.manager.status();
    await pass(3000, store, first);
    registry.register(second.manager, { replace: true });
    expect(usedOf(second)).toEqual([60, 60]);
    await callTimes(second, 10, search);
    await pass(5000, store, first);
    second.manager.status();
    await pass(5000, store, first);
    expect(usedOf(second)).toEqual([70, 70]);
  });
});

describe('limits', () => {
  it('count running attempts by the steady clock, wherever that of the store is', async () => {
    const store = new MemoryStore({ now: () => 11 * 60_000 });
    const keys = closeLater(
      scriptKeys({ K1: [takes(5000, ok)] }, { stepped: true, store, limits: { concurrency: 1 } }),
    );
    const { runtime } = keys;
    const running = keys.call();
    await exchange();
    await runtime.advance(10);
    expect(keys.key('K1').usage.inUse).toBe(1);
    await runtime.advance(5000);
    await running;
  });

  it('end a waiting call that is pinned to a removed key', async () => {
    const keys = scriptKeys({ K1: [ok], K2: [ok] }, { stepped: true, limits: { requestsPerMinute: 1 } });
    await keys.call({ key: 'key 1' });
    const waiting = rejection(keys.call({ key: 'key 1', onExhausted: 'wait' }));
    await settle();
    keys.manager.removeKeys(['K1']);
    expect(await waiting).toMatchObject({ code: 'ALL_KEYS_FAILED' });
  });

  it('end a call after maxWait, also while it waits for a running attempt', async () => {
    const keys = scriptKeys({ K1: [takes(60_000, ok)] }, { stepped: true, limits: { concurrency: 1 } });
    const { runtime } = keys;
    const running = keys.call();
    await settle();
    const waiting = rejection(keys.call({ onExhausted: 'wait', maxWait: 200, delay: 1000 }));
    await runtime.advance(250);
    expect(await waiting).toMatchObject({ reason: 'limited' });
    expect(await waiting).not.toHaveProperty('retryAfterMs');
    await runtime.advance(60_000);
    await running;
  });

  it('count the running attempts of hundreds of keys that leave the list and come back', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `K${index + 1}`);
    const keys = scriptKeys(Object.fromEntries(names.map((name) => [name, [takes(1000, ok)] as const])), {
      stepped: true,
      limits: { concurrency: 1 },
    });
    const running = names.map(() => keys.call());
    await settle();
    keys.manager.setKeys(['other']);
    keys.manager.setKeys(names);
    expect(await rejection(keys.call({ delay: 0 }))).toMatchObject({ reason: 'limited' });
    await keys.runtime.advance(1000);
    await Promise.all(running);
  });

  it('of documented buckets survive a restart with a store', async () => {
    const store = new UnreliableStore();
    const adapter = { limits: { buckets: { search: { requestsPerDay: 100 } } } };
    const [first, second] = [1, 2].map(() => {
      const keys = closeLater(scriptKeys({ K1: [ok] }, { store, stepped: true, adapter }));
      keys.runtime.set(store.time);
      return keys;
    }) as [ScriptedKeys, ScriptedKeys];
    await callTimes(first, 7, { operation: 'search' });
    await pass(3000, store, first, second);
    second.manager.status();
    await pass(3000, store, first, second);
    expect(usedOf(second)).toEqual([7]);
  });
});

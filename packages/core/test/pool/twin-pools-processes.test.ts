import { ApiKeyManager } from '@api-key-fallback/core';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { ScriptedError, scriptedAdapter } from '../scripted-keys.ts';
import { exchange, passTogether, UnreliableStore } from '../sync/unreliable-store.ts';

/** A store whose clock one process measures wrongly. */
function skewed(store: UnreliableStore, ms: number, onFacts: () => void): KeyStateStore {
  return {
    kind: 'skewed',
    sync: async (request) => {
      if (request.facts.size > 0) onFacts();
      const reply = await store.sync(request);
      return { ...reply, now: reply.now + ms };
    },
    subscribe: (...about) => store.subscribe(...about),
    lease: (...about) => store.lease(...about),
    close: async () => {},
  };
}

const refuse = (verdict: object) => () => {
  throw new ScriptedError(() => verdict as never);
};

/** Two processes with the pools `a` and `b`, which have a key in common. The clock of one of the four is wrong. */
async function twoProcesses(skewMs: number) {
  const store = new UnreliableStore();
  const runtimes = [new FakeRuntime({ stepped: true }), new FakeRuntime({ stepped: true })] as const;
  let writes = 0;
  const make = (pool: string, runtime: FakeRuntime, ms: number) => {
    const ownStore = skewed(store, ms, () => writes++);
    return new ApiKeyManager(scriptedAdapter, ['K1'], {
      pool,
      logger: false,
      runtime,
      retryBudget: false,
      store: ownStore,
    });
  };
  const [one, two] = runtimes;
  const managers = [make('a', one, 0), make('b', one, skewMs), make('a', two, 0), make('b', two, 0)] as const;
  await exchange();
  const pass = (ms: number) =>
    passTogether(
      ms,
      store,
      runtimes.map((runtime) => ({ runtime })),
    );
  await pass(2000);
  return { managers, pass, writes: () => writes };
}

it.each([0, 1, -30, 700])('a reset travels once between two processes whose clocks differ by %i ms', async (skewMs) => {
  const { managers, pass, writes } = await twoProcesses(skewMs);
  await managers[0].retryWithFallback(refuse({ kind: 'invalid-key', reason: 'x' }), { maxRetries: 1 }).catch(() => {});
  await pass(1000);
  expect(managers.map((manager) => manager.status().keys[0]?.state)).toEqual(Array(4).fill('disabled'));
  managers[0].reset();
  await pass(1000);
  expect(managers.map((manager) => manager.status().keys[0]?.state)).toEqual(Array(4).fill('healthy'));
  const before = writes();
  await pass(30_000);
  expect(writes()).toBe(before);
  await Promise.all(managers.map((manager) => manager.close()));
});

it.each([1, -30, 700])(
  'a cooldown does not grow between two processes whose clocks differ by %i ms',
  async (skewMs) => {
    const { managers, pass, writes } = await twoProcesses(skewMs);
    const limited = refuse({ kind: 'rate-limited', reason: 'x', retryAfterMs: 90_000 });
    await managers[0].retryWithFallback(limited, { maxRetries: 1 }).catch(() => {});
    await pass(1000);
    const ends = () => managers.map((manager) => manager.status().keys[0]?.availableAtMs ?? 0);
    const [first, before] = [ends(), writes()];
    await pass(60_000);
    expect([ends().map((end, index) => Math.abs(end - (first[index] ?? 0)) < 2000), writes()]).toEqual([
      Array(4).fill(true),
      before,
    ]);
    await Promise.all(managers.map((manager) => manager.close()));
  },
);

import { currentAttempt } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import {
  callerError,
  ok,
  quotaExhausted,
  scriptKeys,
  transient,
  type Script,
  type ScriptedKeys,
} from '../scripted-keys.ts';
import { exchange, passTogether, UnreliableStore } from './unreliable-store.ts';
import { closeAll } from './virtual-processes.ts';

const processes: ScriptedKeys[] = [];

afterEach(async () => {
  await closeAll(processes);
});

const pacific = { timeZone: 'America/Los_Angeles' };

function join(script: Script, store?: UnreliableStore, now = store?.time ?? 0, adapter: object = {}): ScriptedKeys {
  const keys = scriptKeys(script, { ...(store ? { store } : {}), stepped: store !== undefined, adapter });
  keys.runtime.set(now);
  processes.push(keys);
  return keys;
}

function pass(ms: number, store: UnreliableStore): Promise<void> {
  return passTogether(ms, store, processes);
}

describe('usage of a key', () => {
  it('is counted by outcome, in total and today', async () => {
    const { call, key } = join({ K1: [ok, transient, quotaExhausted(1e15)], K2: [callerError] });
    await call();
    await call({ delay: 0 }).catch(() => {});
    const counts = {
      attempts: 3,
      successes: 1,
      failures: { transient: 1, 'rate-limited': 0, 'quota-exhausted': 1, 'invalid-key': 0, 'caller-error': 0 },
      quotaUnits: 3,
      tokens: 0,
      inputTokens: 0,
      outputTokens: 0,
    };
    expect(key('K1').usage).toMatchObject({ ...counts, today: counts });
    expect(key('K1').sharedUsage).toEqual({ ...counts, today: counts });
    expect(key('K2').usage.failures['caller-error']).toBe(1);
  });

  it('costs the quota units of the adapter, failed or not', async () => {
    const adapter = { unitsOf: (operation: string | undefined) => (operation === 'insert' ? 50 : 2) };
    const { call, key } = join({ K1: [ok, callerError, ok] }, undefined, 0, adapter);
    await call({ operation: 'insert' });
    await call({ operation: 'insert' }).catch(() => {});
    await call();
    expect(key('K1').usage.quotaUnits).toBe(102);
  });

  it('costs the tokens that the call has estimated, or stated when it ended', async () => {
    const { call, key, manager } = join({ K1: [ok] });
    await call({ cost: { tokens: 50 } });
    await manager.retryWithFallback(async () => currentAttempt().spent({ tokens: 7 }), { cost: { tokens: 50 } });
    expect(key('K1').usage).toMatchObject({ tokens: 57, today: { tokens: 57 } });
  });

  it("starts at 0 on each of the provider's days", async () => {
    const beforeMidnight = Date.parse('2026-11-22T23:59:59-08:00');
    const { call, key, runtime } = join({ K1: [ok] }, undefined, beforeMidnight, pacific);
    await call();
    expect(key('K1').usage.today.attempts).toBe(1);
    await runtime.advance(1000);
    expect(key('K1').usage.today.attempts).toBe(0);
    await call();
    await call();
    expect(key('K1').usage).toMatchObject({ attempts: 3, today: { attempts: 2, successes: 2 } });
  });

  it('is summed over all processes', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join({ K1: [ok] }, store), join({ K1: [ok] }, store)];
    await exchange();
    for (const { call } of [a, a, a, b, b]) await call();
    await pass(1000, store);
    await pass(30_000, store);
    expect(a.key('K1').usage.attempts).toBe(3);
    expect(b.key('K1').usage.attempts).toBe(2);
    for (const { key } of [a, b]) {
      expect(key('K1').sharedUsage).toMatchObject({ attempts: 5, successes: 5, today: { attempts: 5 } });
    }
    await a.call();
    expect(a.key('K1').sharedUsage).toMatchObject({ attempts: 6, today: { attempts: 6 } });
  });

  it('is fetched after status()', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join({ K1: [ok] }, store), join({ K1: [ok] }, store)];
    await exchange();
    await a.call();
    await pass(1000, store);
    b.manager.status();
    await pass(1000, store);
    expect(b.key('K1').sharedUsage.attempts).toBe(1);
  });

  it('of yesterday reaches the store when the day ends before it is sent', async () => {
    const store = new UnreliableStore();
    store.time = Date.parse('2026-11-22T23:59:59.500-08:00');
    const a = join({ K1: [ok] }, store, store.time, pacific);
    await exchange();
    await a.call();
    await a.call();
    await pass(1000, store);
    await a.call();
    await pass(1000, store);
    const days = new Map(
      store.requests.flatMap(({ counters }) =>
        counters.flatMap(({ window, totals }) => {
          const ofKey = totals.get(a.key('K1').keyId);
          return ofKey ? [[window, ofKey[0]] as const] : [];
        }),
      ),
    );
    expect([...days]).toEqual([
      ['total', 3],
      ['2026-11-22', 2],
      ['2026-11-23', 1],
    ]);
    expect(a.key('K1').sharedUsage).toMatchObject({ attempts: 3, today: { attempts: 1 } });
  });

  it('is kept past the end of its day', async () => {
    const store = new UnreliableStore();
    store.time = Date.parse('2026-11-22T00:00:00-08:00');
    join({ K1: [ok] }, store, store.time, pacific);
    await exchange();
    const today = store.requests[0]?.counters.find(({ window }) => window === '2026-11-22');
    expect(today?.expiresAtMs).toBeGreaterThanOrEqual(store.time + 48 * 3_600_000);
  });

  it('is counted once when an answer is lost', async () => {
    const store = new UnreliableStore();
    const a = join({ K1: [ok] }, store);
    await exchange();
    for (let round = 0; round < 5; round++) {
      await a.call();
      store.losesAnswers = round % 2 === 0;
      await pass(1000, store);
    }
    store.losesAnswers = false;
    await pass(1000, store);
    const b = join({ K1: [ok] }, store);
    await b.manager.ready();
    expect(b.key('K1').sharedUsage.attempts).toBe(5);
    expect(a.key('K1').sharedUsage.attempts).toBe(5);
  });

  it('is sent at most about once a second', async () => {
    const store = new UnreliableStore();
    const a = join({ K1: [ok] }, store);
    await exchange();
    const before = store.requests.length;
    for (let call = 0; call < 100; call++) {
      await a.call();
      await pass(50, store);
    }
    expect(store.requests.length - before).toBeGreaterThanOrEqual(4);
    expect(store.requests.length - before).toBeLessThanOrEqual(8);
  });

  it('is fetched for all processes each half a minute, and after status(), but not with every flush', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join({ K1: [ok] }, store), join({ K1: [ok] }, store)];
    await exchange();
    await pass(1000, store);
    store.requests.length = 0;
    for (let second = 0; second < 60; second++) {
      await a.call();
      await b.call();
      await pass(1000, store);
    }
    const counting = store.requests.filter(({ withTotals }) => withTotals);
    expect(store.requests.length).toBeGreaterThan(100);
    expect(counting.length).toBeGreaterThanOrEqual(4);
    expect(counting.length).toBeLessThanOrEqual(6);
    store.requests.length = 0;
    a.manager.status();
    await pass(1000, store);
    expect(store.requests.map(({ withTotals }) => withTotals)).toEqual([true]);
    expect(a.key('K1').sharedUsage.attempts).toBe(120);
    await pass(1000, store);
  });

  it('is sent for the keys that were used, and not for the others', async () => {
    const store = new UnreliableStore();
    const a = join({ K1: [ok], K2: [ok] }, store);
    await exchange();
    await a.call();
    await pass(1000, store);
    store.requests.length = 0;
    a.manager.disable('K1');
    await a.call();
    await pass(1000, store);
    const sent = store.requests.flatMap(({ counters }) => counters.flatMap(({ totals }) => [...totals.keys()]));
    expect(new Set(sent)).toEqual(new Set([a.key('K2').keyId]));
  });

  it('is counted once by a store that has dropped the counters of a process that was away for days', async () => {
    const store = new UnreliableStore();
    const a = join({ K1: [ok] }, store);
    await exchange();
    for (let call = 0; call < 3; call++) await a.call();
    await pass(1000, store);
    const { instance } = store.requests.at(-1) ?? {};
    store.failure = new Error('away');
    await a.call();
    await pass(1000, store);
    await a.runtime.advance(3 * 86_400_000);
    store.time += 3 * 86_400_000;
    store.failure = undefined;
    store.requests.length = 0;
    await pass(10_000, store);
    const total = store.requests.flatMap(({ counters }) => counters).find(({ window }) => window === 'total');
    expect(total?.totals.get(a.key('K1').keyId)?.[0]).toBe(1);
    expect(store.requests[0]?.instance).not.toBe(instance);
    await pass(1000, store);
    expect(a.key('K1')).toMatchObject({ usage: { attempts: 4 }, sharedUsage: { attempts: 4 } });
  });

  it('is sent less often to a slow store', async () => {
    const store = new UnreliableStore();
    const a = join({ K1: [ok] }, store);
    await exchange();
    store.slowness = { ms: 500, runtime: a.runtime };
    const before = store.requests.length;
    for (let call = 0; call < 60; call++) {
      await a.call();
      await pass(500, store);
    }
    expect(store.requests.length - before).toBeGreaterThanOrEqual(5);
    expect(store.requests.length - before).toBeLessThanOrEqual(8);
    store.slowness = undefined;
    await pass(10_000, store);
  });
});

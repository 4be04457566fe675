import { currentAttempt, MemoryStore, type KeyStatus } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { connected, hourMs, manage, setWall } from '../keys-by-real-clock.ts';
import { fails, hangs, ok, rateLimited, scriptKeys, takes, transient, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { join, pass } from '../sync/virtual-processes.ts';

type Keys = Pick<ScriptedKeys, 'manager'>;

const once = { maxRetries: 1 };
const minuteMs = 60_000;
const bucketOut: ErrorVerdict = { kind: 'quota-exhausted', reason: 'scripted', bucket: 'op', recheckAfterMs: 1000 };

function statusOf({ manager }: Keys): KeyStatus {
  return manager.status().keys[0] as KeyStatus;
}

/** The status of the first key, which stays the same until something happens. */
function statusBefore(keys: Keys): KeyStatus {
  const status = statusOf(keys);
  expect(statusOf(keys)).toBe(status);
  return status;
}

/** The status after something has happened: built again, once. */
function statusAfter(keys: Keys, before: KeyStatus): KeyStatus {
  const status = statusBefore(keys);
  expect(status).not.toBe(before);
  return status;
}

function partsOf(value: unknown): object[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(partsOf)] : [];
}

describe('the status of a key that has not changed', () => {
  it('is the same object, while other keys change', async () => {
    const { manager, call } = scriptKeys({ K1: [ok], K2: [ok] });
    const before = manager.status().keys;
    await call();
    const after = manager.status().keys;
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).toBe(before[1]);
  });

  it('is frozen with all its parts, in a list of its own', async () => {
    const readLimits = () => [{ name: 'requests', remaining: 5, resetsAtMs: 1000 }];
    const observed = () => currentAttempt().observe({ headers: new Headers() });
    const keys = scriptKeys({ K1: [observed, fails(bucketOut)] }, { adapter: { readLimits } });
    await keys.call();
    await keys.call({ ...once, operation: 'op' }).catch(() => {});
    const status = statusOf(keys);
    expect(status).toMatchObject({ buckets: [{ bucket: 'op' }], limits: [{ name: 'requests', source: 'header' }] });
    expect(partsOf(status).filter((part) => !Object.isFrozen(part))).toEqual([]);
    (keys.manager.status().keys as KeyStatus[]).pop();
    expect(statusOf(keys)).toBe(status);
  });
});

describe('the status of a key is built again after', () => {
  it('an attempt on it has started, and again when it has ended', async () => {
    const keys = scriptKeys({ K1: [takes(10, ok)] }, { stepped: true });
    const unused = statusBefore(keys);
    const call = keys.call();
    await settle();
    const running = statusAfter(keys, unused);
    expect(running.usage).toMatchObject({ attempts: 1, inUse: 1, successes: 0, today: { attempts: 1 } });
    await keys.runtime.advance(10);
    await call;
    expect(statusAfter(keys, running).usage).toMatchObject({ inUse: 0, successes: 1, today: { successes: 1 } });
    expect(unused.usage.attempts).toBe(0);
  });

  it('an attempt on it has failed', async () => {
    const keys = scriptKeys({ K1: [fails({ kind: 'caller-error', reason: 'scripted' })] });
    const before = statusBefore(keys);
    await keys.call().catch(() => {});
    expect(statusAfter(keys, before).usage.failures['caller-error']).toBe(1);
  });

  it.each(['call.succeeded', 'attempt.failed'] as const)('an attempt, also for a listener of %s', async (name) => {
    const keys = scriptKeys({ K1: [transient, ok] });
    const before = statusBefore(keys);
    const seen: KeyStatus[] = [];
    keys.manager.on(name, () => seen.push(statusAfter(keys, before)));
    await keys.call();
    const { successes, failures } = seen[0]?.usage ?? {};
    expect([successes, failures?.transient]).toEqual(name === 'call.succeeded' ? [1, 1] : [0, 1]);
  });

  it('the slot of an attempt on it has expired', async () => {
    const keys = scriptKeys({ K1: [hangs] }, { stepped: true });
    void keys.call();
    await settle();
    const before = statusBefore(keys);
    await keys.runtime.advance(20 * minuteMs);
    expect(statusAfter(keys, before).usage.inUse).toBe(0);
  });

  it('its health has changed', () => {
    const keys = scriptKeys({ K1: [ok] });
    const before = statusBefore(keys);
    keys.manager.disable('K1');
    const disabled = statusAfter(keys, before);
    expect(disabled).toMatchObject({ state: 'disabled', reason: 'operator' });
    keys.manager.enable('K1');
    expect(statusAfter(keys, disabled).state).toBe('healthy');
  });

  it('another key of its group has changed it', async () => {
    const verdict: ErrorVerdict = { kind: 'quota-exhausted', reason: 'scripted', scope: 'group' };
    const groups = { K1: 'project-a', K2: 'project-a' };
    const keys = scriptKeys({ K1: [ok], K2: [fails(verdict)] }, { groups, strategy: (all) => all.at(-1) });
    const before = statusBefore(keys);
    await keys.call(once).catch(() => {});
    expect(statusAfter(keys, before)).toMatchObject({ state: 'cooling', reason: 'quota-exhausted' });
  });

  it('another process has changed it', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [ok] }), join(store, { K1: [ok] })];
    await exchange();
    const before = statusBefore(b);
    a.manager.disable('K1');
    await exchange();
    expect(statusAfter(b, before).state).toBe('disabled');
  });

  it('its group has become known', async () => {
    const keys = scriptKeys({ K1: [ok] }, { adapter: { groupOf: () => 'project-a' } });
    await keys.manager.retryWithFallback(() => {
      const before = statusBefore(keys);
      currentAttempt().observe({});
      expect(statusAfter(keys, before).group).toBe('project-a');
    });
  });

  it('a check has found its group and limits', async () => {
    const probe: ProviderAdapter['probe'] = async () => ({
      outcome: 'working',
      group: 'project-a',
      rateLimits: [{ name: 'requests', remaining: 5 }],
    });
    const keys = scriptKeys({ K1: [ok] }, { adapter: { probe } });
    const before = statusBefore(keys);
    await keys.manager.checkKeys();
    expect(statusAfter(keys, before)).toMatchObject({ group: 'project-a', limits: [{ remaining: 5 }] });
  });

  it('a response has stated a limit, and after its reset', async () => {
    const limits = [[{ name: 'requests', remaining: 5, resetsAtMs: 1500 }]];
    const keys = scriptKeys({ K1: [ok] }, { adapter: { readLimits: () => limits.shift() ?? [] } });
    await keys.manager.retryWithFallback(() => {
      const before = statusBefore(keys);
      currentAttempt().observe({ headers: new Headers() });
      const stated = statusAfter(keys, before);
      expect(stated.limits).toMatchObject([{ remaining: 5 }]);
      keys.runtime.set(1500);
      expect(statusAfter(keys, stated)).not.toHaveProperty('limits');
    });
  });

  it('a bucket of it has failed, and when that bucket ends and is forgotten', async () => {
    const keys = scriptKeys({ K1: [fails(bucketOut)] });
    const before = statusBefore(keys);
    await keys.call({ ...once, operation: 'op' }).catch(() => {});
    const failed = statusAfter(keys, before);
    expect(failed).toMatchObject({ state: 'healthy', buckets: [{ bucket: 'op', state: 'cooling' }] });
    keys.runtime.set(1000);
    const ended = statusAfter(keys, failed);
    expect(ended.buckets).toMatchObject([{ state: 'recovering' }]);
    keys.runtime.set(1000 + hourMs);
    expect(statusAfter(keys, ended)).not.toHaveProperty('buckets');
  });

  it('a store has sent other totals of it, but not after the same ones', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [ok], K2: [ok] }), join(store, { K1: [ok], K2: [ok] })];
    await exchange();
    const [before, other] = b.manager.status().keys;
    await a.call();
    await pass(1000, store, a, b);
    await pass(1000, store, a, b);
    const after = statusAfter(b, before as KeyStatus);
    expect(after.sharedUsage).toMatchObject({ attempts: 1, today: { attempts: 1 } });
    expect(b.manager.status().keys[1]).toBe(other);
    await pass(1000, store, a, b);
    expect(statusOf(b)).toBe(after);
  });

  it('the store has lost its data, and others have used the key since', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [ok] }), join(store, { K1: [ok] })];
    await exchange();
    for (const { call } of [a, a, b, b]) await call();
    for (let second = 0; second < 3; second++) {
      statusOf(b);
      await pass(1000, store, a, b);
    }
    const before = statusBefore(b);
    expect(before.sharedUsage.attempts).toBe(4);
    store.forget();
    for (let call = 0; call < 2; call++) await a.call();
    await pass(1000, store, a);
    await pass(1000, store, a, b);
    await pass(1000, store, a, b);
    expect(statusAfter(b, before).sharedUsage.attempts).toBe(6);
  });

  it('a new day has begun', async () => {
    const keys = scriptKeys({ K1: [ok] });
    await keys.call();
    const before = statusBefore(keys);
    keys.runtime.set(24 * hourMs);
    expect(statusAfter(keys, before).usage).toMatchObject({ attempts: 1, today: { attempts: 0 } });
    expect(before.usage.today.attempts).toBe(1);
  });

  it.each([
    ['cooldown', rateLimited(1000), 1000, 'cooling', 'recovering'],
    ['suspicion', transient, 30_000, 'suspect', 'recovering'],
  ] as const)('its %s has ended by the clock', async (_name, outcome, endsAtMs, during, then) => {
    const keys = scriptKeys({ K1: [outcome] });
    await keys.call(once).catch(() => {});
    const before = statusBefore(keys);
    expect(before.state).toBe(during);
    keys.runtime.set(endsAtMs - 1);
    expect(statusOf(keys)).toBe(before);
    keys.runtime.set(endsAtMs);
    const after = statusAfter(keys, before);
    expect(after.state).toBe(then);
    expect(after).not.toHaveProperty('reason');
  });

  it('the clock of the runtime was set back to before the end of its cooldown', async () => {
    const keys = scriptKeys({ K1: [rateLimited(1000)] });
    await keys.call(once).catch(() => {});
    keys.runtime.set(1000);
    const before = statusBefore(keys);
    expect(before.state).toBe('recovering');
    keys.runtime.set(999);
    expect(statusAfter(keys, before).state).toBe('cooling');
  });
});

describe('the clocks of the machine and of a store', () => {
  const startMs = Date.UTC(2026, 4, 4, 12);
  beforeEach(() => void vi.useFakeTimers({ now: startMs }));
  afterEach(() => void vi.useRealTimers());

  it('change every status when the wall clock is set, but not when it only rounds differently', async () => {
    const keys = manage([ok]);
    await keys.call();
    const before = statusBefore(keys);
    expect(before.usage.lastUsedAtMs).toBe(startMs);
    setWall(1);
    expect(statusOf(keys)).toBe(before);
    setWall(-2);
    expect(statusOf(keys)).toBe(before);
    setWall(hourMs);
    expect(statusAfter(keys, before).usage.lastUsedAtMs).toBe(startMs + hourMs - 1);
  });

  it('change every status when the first answer of the store sets the shared clock', async () => {
    const keys = manage([ok], { store: new MemoryStore({ now: () => 7_000_000_000 + performance.now() }) });
    keys.manager.markKeyFailed('K1');
    const before = statusBefore(keys);
    await connected(keys.manager);
    expect(statusAfter(keys, before)).toMatchObject({ state: 'cooling', availableAtMs: startMs + minuteMs });
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(statusOf(keys).state).toBe('recovering');
  });
});

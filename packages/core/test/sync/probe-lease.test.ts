import { afterEach, describe, expect, it } from 'vitest';
import { ok, rateLimited, scriptKeys, takes, transient, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, passTogether, UnreliableStore } from './unreliable-store.ts';
import { closeAll } from './virtual-processes.ts';

const processes: ScriptedKeys[] = [];

afterEach(async () => {
  await closeAll(processes);
});

/** Eight processes that know that K1 cools for 4 s. Their first attempt with it has the outcome `probe`. */
async function eight(store: UnreliableStore, probe: Outcome): Promise<ScriptedKeys[]> {
  for (let count = 0; count < 8; count++) {
    const keys = scriptKeys({ K1: [probe], K2: [ok] }, { store, stepped: true });
    keys.runtime.set(store.time);
    processes.push(keys);
  }
  await exchange();
  const limited = scriptKeys({ K1: [rateLimited(4000)], K2: [ok] }, { store, stepped: true });
  limited.runtime.set(store.time);
  await limited.call();
  await exchange();
  await limited.manager.close();
  expect(processes.map(({ key }) => key('K1').state)).toEqual(Array.from({ length: 8 }, () => 'cooling'));
  return processes;
}

function pass(ms: number, store: UnreliableStore): Promise<void> {
  return passTogether(ms, store, processes);
}

/** The number of attempts on K1. */
function probes(): number {
  return processes.flatMap(({ calls }) => calls).filter((key) => key === 'K1').length;
}

/** Makes some calls in every process, without waiting for their results. */
async function callAll(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    for (const { call } of processes) void call({ maxRetries: 1 }).catch(() => {});
    await exchange();
  }
}

describe('calls that would rather wait', () => {
  it('go on when their process has got the lease', async () => {
    const store = new UnreliableStore();
    const keys = scriptKeys({ K1: [rateLimited(4000), ok] }, { store, stepped: true });
    keys.runtime.set(store.time);
    processes.push(keys);
    await exchange();
    await keys.call({ maxRetries: 1 }).catch(() => {});
    const calls = Array.from({ length: 10 }, () => keys.call({ maxRetries: 1, onExhausted: 'wait' }));
    await pass(4000, store);
    await pass(1000, store);
    await expect(Promise.all(calls)).resolves.toHaveLength(10);
  });
});

describe('a key whose cooldown is over, in eight processes', () => {
  it('is probed by exactly one, and used by all when the probe succeeds', async () => {
    const store = new UnreliableStore();
    await eight(store, takes(500, ok));
    await pass(4000, store);
    await callAll();
    expect(probes()).toBe(1);
    await pass(500, store);
    expect(processes.map(({ key }) => key('K1').state)).toEqual(Array.from({ length: 8 }, () => 'healthy'));
    await callAll();
    expect(probes()).toBe(41);
  });

  it('cools again for all when the probe fails, after one request', async () => {
    const store = new UnreliableStore();
    await eight(store, rateLimited(9000));
    await pass(4000, store);
    await callAll();
    expect(probes()).toBe(1);
    expect(processes.map(({ key }) => key('K1').state)).toEqual(Array.from({ length: 8 }, () => 'cooling'));
  });

  it('is probed by another process when the first ends, after its lease expires', async () => {
    const store = new UnreliableStore();
    await eight(store, takes(100_000, ok));
    await pass(4000, store);
    await callAll();
    expect(probes()).toBe(1);
    const [gone] = processes.filter(({ calls }) => calls.includes('K1'));
    processes.splice(processes.indexOf(gone as ScriptedKeys), 1);
    await pass(58_000, store);
    await callAll();
    expect(probes()).toBe(0);
    await pass(3000, store);
    await callAll();
    expect(probes()).toBe(1);
  });

  it('is probed by each on its own while the store is away', async () => {
    const store = new UnreliableStore();
    await eight(store, takes(500, ok));
    store.failure = new Error('away');
    await pass(40_000, store);
    await callAll();
    expect(probes()).toBe(8);
  });

  it('is probed by each on its own when the store goes away at that moment', async () => {
    const store = new UnreliableStore();
    await eight(store, takes(500, ok));
    await pass(4000, store);
    store.failure = new Error('away');
    await callAll();
    expect(probes()).toBe(8);
  });

  it('is probed by exactly one when the holder of the lease makes its next call later', async () => {
    const store = new UnreliableStore();
    const [first] = await eight(store, takes(500, ok));
    await pass(4000, store);
    await first?.call();
    await exchange();
    await pass(2000, store);
    await callAll();
    expect(probes()).toBe(1);
  });

  it('is probed by another process when the holder of the lease is closed or resets the key', async () => {
    const store = new UnreliableStore();
    const [first, second] = await eight(store, takes(100_000, ok));
    await pass(4000, store);
    await first?.call();
    await exchange();
    await first?.manager.close();
    processes.splice(0, 1);
    await callAll();
    expect(probes()).toBe(1);
    for (const { manager } of processes) manager.reset('K1');
    second?.manager.markKeyFailed('K1', 'rate-limited');
    await pass(60_000, store);
    await callAll();
    expect(probes()).toBe(2);
  });

  it('is used by all when no other key is left: a probe blocks no call', async () => {
    const store = new UnreliableStore();
    await eight(store, takes(500, ok));
    await pass(4000, store);
    for (const { manager } of processes) manager.disable('K2');
    for (const { call } of processes) void call();
    await exchange();
    expect(probes()).toBe(8);
  });

  it('is probed by exactly one when the probe makes it suspect', async () => {
    const store = new UnreliableStore();
    await eight(store, transient);
    await pass(4000, store);
    await callAll();
    expect(probes()).toBe(1);
  });
});

describe('a key that recovers in a process with few calls', () => {
  it('is probed, however long the pause between two calls', async () => {
    for (const pauseMs of [1100, 30_000, 90_000]) {
      const store = new UnreliableStore();
      const keys = scriptKeys({ K1: [rateLimited(500), ok], K2: [ok] }, { store, stepped: true });
      keys.runtime.set(store.time);
      processes.push(keys);
      await exchange();
      await keys.call({ delay: 1 });
      for (let call = 0; call < 3; call++) {
        await pass(pauseMs, store);
        await keys.call();
        await exchange();
      }
      expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K1', 'K1']);
      await Promise.all(processes.splice(0).map(({ manager }) => manager.close()));
    }
  });

  it('is probed at its next turn in round-robin', async () => {
    const store = new UnreliableStore();
    const names = Array.from({ length: 20 }, (_, index) => `K${index + 1}`);
    const script = Object.fromEntries(names.map((name) => [name, [rateLimited(500), ok] as [Outcome, Outcome]]));
    const keys = scriptKeys({ ...script, last: [ok] }, { store, stepped: true, strategy: 'round-robin' });
    keys.runtime.set(store.time);
    processes.push(keys);
    await exchange();
    await keys.call({ delay: 1 });
    for (let call = 0; call < 45; call++) {
      await pass(500, store);
      await keys.call();
    }
    expect(names.map((name) => keys.key(name).state)).toEqual(names.map(() => 'healthy'));
  });
});

describe('a hundred keys whose quotas come back together', () => {
  const names = Array.from({ length: 100 }, (_, index) => `K${index + 1}`);

  function join(store: UnreliableStore): ScriptedKeys {
    const script = Object.fromEntries(names.map((name) => [name, [ok] as [Outcome]]));
    const keys = scriptKeys({ ...script, last: [ok] }, { store, stepped: true, strategy: 'round-robin' });
    keys.runtime.set(store.time);
    processes.push(keys);
    return keys;
  }

  it('lead to few requests for leases: ten keys at once, with pauses that grow', async () => {
    const store = new UnreliableStore();
    const [idle, busy] = [join(store), join(store)];
    busy.runtime.chance = 0;
    await exchange();
    for (const name of names) idle.manager.markKeyFailed(name, 'rate-limited');
    await pass(60_000, store);
    // Takes ten leases and makes no further call.
    await idle.call();
    await pass(1000, store);
    store.uses.length = 0;
    const perSecond: number[] = [];
    for (let second = 0; second < 30; second++) {
      const before = store.uses.length;
      for (let call = 0; call < 5; call++) await busy.call();
      await pass(1000, store);
      perSecond.push(store.uses.slice(before).filter((use) => use === 'lease').length);
    }
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(20);
    const healthy = names.filter((name) => busy.key(name).state === 'healthy').length;
    expect(healthy).toBeGreaterThanOrEqual(90);
    expect(store.uses.filter((use) => use === 'lease').length).toBeLessThanOrEqual(200);
  });

  it('are all healthy again soon in a process that makes calls', async () => {
    const store = new UnreliableStore();
    const keys = join(store);
    await exchange();
    for (const name of names) keys.manager.markKeyFailed(name, 'rate-limited');
    await pass(60_000, store);
    for (let call = 0; call < 300; call++) {
      await keys.call();
      if (call % 10 === 0) await pass(250, store);
    }
    expect(names.filter((name) => keys.key(name).state !== 'healthy')).toEqual([]);
  });
});

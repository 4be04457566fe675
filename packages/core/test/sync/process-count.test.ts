import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { ApiKeyManager, FileStore, MemoryStore, type KeyStateStore } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ok, scriptedAdapter, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';
import { closeLater, join, pass } from './virtual-processes.ts';

function processesOf({ manager }: Pick<ScriptedKeys, 'manager'>): number | undefined {
  return manager.status().store?.processes;
}

/** Two processes that have used a key and know of each other. */
async function two(store: UnreliableStore): Promise<[ScriptedKeys, ScriptedKeys]> {
  const both: [ScriptedKeys, ScriptedKeys] = [join(store, { K1: [ok] }), join(store, { K1: [ok] })];
  await exchange();
  await callEach(store, both);
  return both;
}

async function callEach(store: UnreliableStore, processes: readonly ScriptedKeys[]): Promise<void> {
  for (const { call } of processes) await call();
  await pass(1000, store, ...processes);
  for (const { manager } of processes) manager.status();
  await pass(1000, store, ...processes);
}

describe('status().store.processes', () => {
  it('is absent without a store', () => {
    expect(scriptKeys({ K1: [ok] }).manager.status()).not.toHaveProperty('store');
  });

  it('is 1 for a process that is alone, and before the first answer', async () => {
    const store = new UnreliableStore();
    const keys = join(store, { K1: [ok] });
    expect(processesOf(keys)).toBe(1);
    await callEach(store, [keys]);
    expect(processesOf(keys)).toBe(1);
  });

  it('counts the processes that have used keys through the store', async () => {
    const store = new UnreliableStore();
    const both = await two(store);
    expect(both.map(processesOf)).toEqual([2, 2]);
    const third = join(store, { K1: [ok] });
    await callEach(store, [...both, third]);
    expect([...both, third].map(processesOf)).toEqual([3, 3, 3]);
  });

  it('goes on in the next minutes, while the processes make calls', async () => {
    const store = new UnreliableStore();
    const both = await two(store);
    for (let minute = 0; minute < 4; minute++) {
      await pass(30_000, store, ...both);
      await callEach(store, both);
      expect(both.map(processesOf)).toEqual([2, 2]);
    }
  });

  it.each(['that has ended', 'that makes no calls'])('leaves out a process %s after two minutes', async (what) => {
    const store = new UnreliableStore();
    const [one, other] = await two(store);
    if (what === 'that has ended') await other.manager.close();
    await pass(30_000, store, one, other);
    await callEach(store, [one]);
    expect(processesOf(one)).toBe(2);
    await pass(120_000, store, one, other);
    await callEach(store, [one]);
    expect(processesOf(one)).toBe(1);
  });

  it('includes a process that looks, but makes no calls', async () => {
    const store = new UnreliableStore();
    const [one, other] = await two(store);
    await pass(150_000, store, one, other);
    await callEach(store, [one]);
    processesOf(other);
    await pass(1000, store, one, other);
    expect([processesOf(one), processesOf(other)]).toEqual([1, 2]);
  });

  it('counts processes without calls whose keys have limits, because a share of the limits is left to them', async () => {
    const store = new UnreliableStore();
    const start = () => {
      const keys = closeLater(scriptKeys({ K1: [ok] }, { store, stepped: true, limits: { requestsPerMinute: 10 } }));
      keys.runtime.set(store.time);
      return keys;
    };
    const both = [start(), start()];
    await pass(180_000, store, ...both);
    expect(both.map(processesOf)).toEqual([2, 2]);
  });

  it('is known again after the store has lost its data', async () => {
    const store = new UnreliableStore();
    const both = await two(store);
    store.forget();
    await callEach(store, both);
    await callEach(store, both);
    expect(both.map(processesOf)).toEqual([2, 2]);
  });

  it('is the last known number while the store is away', async () => {
    const store = new UnreliableStore();
    const [one, other] = await two(store);
    store.failure = new Error('away');
    await one.call();
    await pass(180_000, store, one, other);
    expect(one.manager.status().store).toEqual({ kind: 'unreliable', isAway: true, processes: 2 });
  });
});

describe('a process that makes no calls', () => {
  it('writes nothing, and exchanges as often as before', async () => {
    const store = new UnreliableStore();
    const idle = join(store, { K1: [ok] });
    await exchange();
    await pass(600_000, store, idle);
    const written = store.requests.flatMap(({ counters }) => counters.flatMap(({ totals }) => [...totals.keys()]));
    expect(written).toEqual([]);
    expect(store.requests.length).toBeLessThanOrEqual(28);
  });
});

describe('managers of several processes', () => {
  const directories: string[] = [];
  afterEach(async () => {
    for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
  });

  async function memoryStore(): Promise<[KeyStateStore, KeyStateStore]> {
    const store = new MemoryStore();
    return [store, store];
  }

  async function fileStores(): Promise<[KeyStateStore, KeyStateStore]> {
    const directory = await mkdtemp(joinPath(tmpdir(), 'process-count-'));
    directories.push(directory);
    return [new FileStore(directory), new FileStore(directory)];
  }

  it.each([
    ['a MemoryStore', memoryStore],
    ['a FileStore', fileStores],
  ])('that share %s know of each other', async (_name, storesOf) => {
    const stores = await storesOf();
    const managers = stores.map((store) => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, store }));
    await Promise.all(managers.map((manager) => manager.ready()));
    for (const manager of managers) await manager.retryWithFallback(() => 1);
    const counts = () => managers.map((manager) => manager.status().store?.processes);
    await vi.waitFor(() => expect(counts()).toEqual([2, 2]), 10_000);
    await Promise.all(managers.map((manager) => manager.close()));
    await Promise.all(stores.map((store) => store.close?.()));
  });
});

import { type FallbackOptions, type KeyManagerOptions, type LimitStatus } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { ok, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { closeLater, pass } from '../sync/virtual-processes.ts';
import { callTimes, rejection } from './limited-keys.ts';

/** Processes that share a store and the key K1. Each has had its first exchange. */
async function processesOn(
  store: UnreliableStore,
  count: number,
  options: KeyManagerOptions & { readonly groups?: Readonly<Record<string, string>> },
): Promise<ScriptedKeys[]> {
  const processes = Array.from({ length: count }, () => start(store, options));
  await pass(2000, store, ...processes);
  // So that each knows of all others.
  for (const { manager } of processes) manager.status();
  await pass(2000, store, ...processes);
  return processes;
}

function start(store: UnreliableStore, options: KeyManagerOptions): ScriptedKeys {
  const keys = closeLater(scriptKeys({ K1: [ok] }, { store, stepped: true, ...options }));
  keys.runtime.set(store.time);
  return keys;
}

function firstLimit({ manager }: ScriptedKeys): LimitStatus | undefined {
  return manager.status().keys[0]?.limits?.[0];
}

/** Makes calls until one has no room. Returns how many were served. */
async function callUntilFull(keys: ScriptedKeys, options: FallbackOptions = {}): Promise<number> {
  for (let served = 0; served < 1000; served++) {
    const error = await rejection(keys.call({ maxRetries: 1, delay: 0, ...options }));
    if (error instanceof Error) return served;
  }
  return Infinity;
}

describe('limits of processes that share a store', () => {
  it.each([
    ['requestsPerMinute', {}],
    ['unitsPerMinute', {}],
    ['tokensPerMinute', { cost: { tokens: 1 } }],
    ['requestsPerDay', {}],
    ['unitsPerDay', {}],
    ['tokensPerDay', { cost: { tokens: 1 } }],
  ] as const)('count %s of all of them', async (limit, options) => {
    const store = new UnreliableStore();
    const [one, two] = (await processesOn(store, 2, { limits: { [limit]: 10 } })) as [ScriptedKeys, ScriptedKeys];
    await callTimes(one, 6, options);
    await pass(2000, store, one, two);
    two.manager.status();
    await pass(2000, store, one, two);
    expect(firstLimit(two)).toMatchObject({ name: limit, used: 6 });
    expect(await callUntilFull(two, options)).toBe(3);
  });

  it('forget what others have used after a minute', async () => {
    const store = new UnreliableStore();
    const [one, two] = (await processesOn(store, 2, { limits: { requestsPerMinute: 10 } })) as [
      ScriptedKeys,
      ScriptedKeys,
    ];
    await callTimes(one, 6);
    await pass(3000, store, one, two);
    await pass(64_000, store, one, two);
    expect(firstLimit(two)).toMatchObject({ used: 0 });
  });

  it('ask the store each second while more than half is used, and divide the last fifth', async () => {
    const store = new UnreliableStore();
    const processes = await processesOn(store, 4, { limits: { requestsPerMinute: 100 } });
    for (const process of processes) await callTimes(process, 20);
    await pass(2500, store, ...processes);
    expect(processes.map((process) => firstLimit(process)?.used)).toEqual([80, 80, 80, 80]);
    const served = await Promise.all(processes.map((process) => callUntilFull(process)));
    expect(served).toEqual([5, 5, 5, 5]);
  });

  it('leave all of the rest to a process that is alone', async () => {
    const store = new UnreliableStore();
    const [one] = (await processesOn(store, 1, { limits: { requestsPerMinute: 100 } })) as [ScriptedKeys];
    expect(await callUntilFull(one)).toBe(100);
  });

  it('let a process that has just started know of the last minute', async () => {
    const store = new UnreliableStore();
    const limits = { requestsPerMinute: 100 };
    const [one] = (await processesOn(store, 1, { limits })) as [ScriptedKeys];
    await callTimes(one, 70);
    await pass(3000, store, one);
    const two = start(store, { limits });
    await two.manager.ready();
    await exchange();
    expect(firstLimit(two)).toMatchObject({ used: 70 });
    await pass(80_000, store, one, two);
    expect(firstLimit(two)).toMatchObject({ used: 0 });
  });

  it('go on with the share of each while the store is away', async () => {
    const store = new UnreliableStore();
    const processes = await processesOn(store, 4, { limits: { requestsPerMinute: 100 } });
    const [one] = processes as [ScriptedKeys];
    store.failure = new Error('away');
    await callTimes(one, 1);
    await pass(3000, store, ...processes);
    expect(await callUntilFull(one)).toBe(24);
    await pass(62_000, store, ...processes);
    expect(await callUntilFull(one)).toBe(25);
  });

  it('count groups and buckets too', async () => {
    const store = new UnreliableStore();
    const options = {
      groups: { K1: 'a' },
      groupLimits: { a: { requestsPerMinute: 10 } },
      limits: { buckets: { search: { requestsPerMinute: 5, tokensPerDay: 9 } } },
    };
    const [one, two] = (await processesOn(store, 2, options)) as [ScriptedKeys, ScriptedKeys];
    await callTimes(one, 3, { operation: 'search', cost: { tokens: 2 } });
    await pass(3000, store, one, two);
    two.manager.status();
    await pass(2000, store, one, two);
    expect(two.manager.status().keys[0]?.limits).toMatchObject([
      { name: 'requestsPerMinute', bucket: 'search', used: 3 },
      { name: 'tokensPerDay', bucket: 'search', used: 6 },
      { name: 'requestsPerMinute', group: 'a', used: 3 },
    ]);
  });

  it('let waiting calls go on when the others use less', async () => {
    const store = new UnreliableStore();
    const processes = await processesOn(store, 2, { limits: { requestsPerMinute: 10 } });
    const [one, two] = processes as [ScriptedKeys, ScriptedKeys];
    await callTimes(one, 9);
    await pass(2500, store, one, two);
    two.manager.status();
    await pass(2000, store, one, two);
    await callTimes(two, 1);
    const waiting = two.call({ onExhausted: 'wait', maxWait: 70_000 });
    await pass(30_000, store, one, two);
    expect(two.calls).toHaveLength(1);
    await pass(34_000, store, one, two);
    await expect(waiting).resolves.toBe('K1');
  });
});

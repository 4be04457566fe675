import { MemoryStore } from '@api-key-fallback/core';
import { freshRecord, type KeyRecord } from '@api-key-fallback/core/store';
import { describe, expect, it } from 'vitest';

const hourMs = 3_600_000;

function storeWithClock() {
  const clock = { now: 1_000_000 };
  const store = new MemoryStore({ now: () => clock.now });
  async function sync(facts: Readonly<Record<string, Partial<KeyRecord>>> = {}) {
    const joined = new Map(Object.entries(facts).map(([id, fact]) => [id, { ...freshRecord, ...fact }]));
    const request = { pool: 'p', instance: 'i', facts: joined, counters: [], withTotals: true, seen: undefined };
    return [...(await store.sync(request)).records.keys()];
  }
  return { clock, store, sync };
}

describe('the records of a MemoryStore', () => {
  it('are bounded for each key', async () => {
    const { sync } = storeWithClock();
    await sync({ K1: { disabled: 'operator' }, K2: { disabled: 'operator' }, 'K2/op': { untilMs: 9e9 } });
    for (let i = 0; i < 3000; i++) await sync({ [`K1/op-${i}`]: { untilMs: 2_000_000 + i } });
    const ids = await sync();
    expect(ids.length).toBeLessThanOrEqual(1003);
    for (const id of ['K1', 'K2', 'K2/op', 'K1/op-2999', 'K1/op-2300']) expect(ids).toContain(id);
  });

  it('stay while they are out, if others are over', async () => {
    const { clock, sync } = storeWithClock();
    for (let i = 0; i < 200; i++) await sync({ [`K1/over-${i}`]: { untilMs: 1_000_001 } });
    clock.now += 10;
    const out = Array.from({ length: 801 }, (_, i) => `K1/out-${i}`);
    for (const id of out) await sync({ [id]: { untilMs: 2_000_000 } });
    await expect(sync()).resolves.toEqual(out);
  });

  it('of buckets are forgotten an hour after their end, those of keys never', async () => {
    const { clock, sync } = storeWithClock();
    await sync({ K1: { untilMs: 1_001_000 }, 'K1/a': { untilMs: 1_001_000 }, 'K1/b': { disabled: 'invalid-key' } });
    await sync({ 'K1/c': { generation: 5 } });
    clock.now += 1000 + hourMs - 1;
    await sync({ 'K1/d': { generation: 5 } });
    clock.now += 600_000;
    await expect(sync({ 'K1/e': { generation: 5 } })).resolves.toEqual(['K1', 'K1/b', 'K1/d', 'K1/e']);
  });

  it('of buckets are not taken back after they were forgotten, unless they say more than an old cooldown', async () => {
    const { clock, sync } = storeWithClock();
    await sync({ K1: { untilMs: 1 } });
    clock.now += 2 * hourMs;
    await sync({
      'K1/old': { untilMs: 1_001_000 },
      'K1/disabled': { untilMs: 1_001_000, disabled: 'invalid-key' },
      'K1/recovered': { epoch: 1 },
      'K1/again': { epoch: 1, untilMs: 1_001_000 },
      'K1/reset': { generation: 5 },
      K2: { untilMs: 1_001_000 },
    });
    await expect(sync()).resolves.toEqual(['K1', 'K1/disabled', 'K1/recovered', 'K1/again', 'K1/reset', 'K2']);
  });
});

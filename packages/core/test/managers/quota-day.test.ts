import { MemoryStore } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hangs, ok, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';
import { connected, manage } from '../keys-by-real-clock.ts';
import { callTimes } from '../limits/limited-keys.ts';

const pacific = { timeZone: 'America/Los_Angeles' };

function dayOf({ manager }: Pick<ScriptedKeys, 'manager'>) {
  return manager.status().day;
}

describe('status().day', () => {
  afterEach(() => void vi.useRealTimers());

  it('is that of UTC if the adapter names no time zone', () => {
    const keys = scriptKeys({ K1: [ok] });
    keys.runtime.set(Date.UTC(2026, 10, 30, 23, 59));
    const day = { date: '2026-11-30', timeZone: 'UTC', endsAtMs: Date.UTC(2026, 11, 1), budget: [] };
    expect(dayOf(keys)).toEqual(day);
    keys.runtime.set(Date.UTC(2026, 11, 1));
    expect(dayOf(keys)).toEqual({ ...day, date: '2026-12-01', endsAtMs: Date.UTC(2026, 11, 2) });
  });

  it('is that of the time zone of the adapter, also on a day of 25 hours', () => {
    const keys = scriptKeys({ K1: [ok] }, { adapter: pacific });
    keys.runtime.set(Date.parse('2026-11-01T00:00:00-07:00'));
    expect(dayOf(keys)).toMatchObject({
      date: '2026-11-01',
      timeZone: 'America/Los_Angeles',
      endsAtMs: Date.parse('2026-11-02T00:00:00-08:00'),
    });
  });

  it("ends by the store's clock, in the time of this process", async () => {
    const startMs = Date.UTC(2026, 4, 4, 12);
    vi.useFakeTimers({ now: startMs });
    const hourAhead = new MemoryStore({ now: () => Date.now() + 3_600_000 });
    const keys = manage([ok], { store: hourAhead });
    await connected(keys.manager);
    expect(Math.abs(dayOf(keys).endsAtMs - Date.UTC(2026, 4, 4, 23))).toBeLessThanOrEqual(2);
    await keys.manager.close();
  });
});

describe('status().day.budget', () => {
  it('sums up the configured limits of a day, of the keys that have one', async () => {
    const keys = scriptKeys(
      { K1: [ok], K2: [ok], K3: [ok] },
      { strategy: 'round-robin', limits: { unitsPerDay: 100 } },
    );
    keys.manager.setKeys([{ key: 'K1', limits: { requestsPerDay: 10, requestsPerMinute: 9 } }, 'K2', 'K3']);
    await callTimes(keys, 4);
    expect(dayOf(keys).budget).toEqual([
      { limit: 'unitsPerDay', used: 4, max: 300, keys: 3 },
      { limit: 'requestsPerDay', used: 2, max: 10, keys: 1 },
    ]);
  });

  it('sums up the limits that the provider documents, without those of a bucket', async () => {
    const limits = { tokensPerDay: 50, concurrency: 3, buckets: { op: { requestsPerDay: 5 } } };
    const keys = scriptKeys({ K1: [ok], K2: [ok] }, { adapter: { limits } });
    await keys.call({ cost: { tokens: 7 } });
    expect(dayOf(keys).budget).toEqual([{ limit: 'tokensPerDay', used: 7, max: 100, keys: 2 }]);
  });

  it('leaves out limits that headers state', async () => {
    const readLimits = () => [{ name: 'requests', limit: 10, remaining: 5, window: 'day' as const, resetsAtMs: 1e9 }];
    const keys = scriptKeys({ K1: [ok] }, { adapter: { readLimits } });
    await keys.manager.retryWithFallback((_key, attempt) => void attempt.observe({ headers: new Headers() }));
    expect(keys.key('K1').limits).toMatchObject([{ name: 'requestsPerDay', source: 'header' }]);
    expect(dayOf(keys).budget).toEqual([]);
  });

  it('counts a limit that the keys of a group share once', async () => {
    const groups = { K1: 'a', K2: 'a', K3: 'b' };
    const keys = scriptKeys(
      { K1: [ok], K2: [ok], K3: [ok] },
      { groups, strategy: 'round-robin', groupLimits: { a: { requestsPerDay: 10 }, b: { requestsPerDay: 5 } } },
    );
    await callTimes(keys, 3);
    expect(dayOf(keys).budget).toEqual([{ limit: 'requestsPerDay', used: 3, max: 15, keys: 3 }]);
  });

  it('counts a documented limit once for each group, because it is that of an account', async () => {
    const adapter = { limits: { requestsPerDay: 10 } };
    const keys = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { groups: { K1: 'a', K2: 'a' }, adapter });
    await callTimes(keys, 2);
    expect(dayOf(keys).budget).toEqual([{ limit: 'requestsPerDay', used: 2, max: 20, keys: 3 }]);
  });

  it('takes the lower of what the keys of a group have together and of each', () => {
    const groups = { K1: 'a', K2: 'a', K3: 'b' };
    const limits = { requestsPerDay: 10 };
    const groupLimits = { a: { requestsPerDay: 15 }, b: { requestsPerDay: 15 } };
    const keys = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { groups, limits, groupLimits });
    expect(dayOf(keys).budget).toEqual([{ limit: 'requestsPerDay', used: 0, max: 25, keys: 3 }]);
  });

  it('is of the day: it starts at 0 after midnight', async () => {
    const keys = scriptKeys({ K1: [ok] }, { limits: { requestsPerDay: 10 }, adapter: pacific });
    keys.runtime.set(Date.parse('2026-11-22T23:59:00-08:00'));
    await keys.call();
    expect(dayOf(keys).budget).toMatchObject([{ used: 1 }]);
    keys.runtime.set(Date.parse('2026-11-23T00:00:00-08:00'));
    expect(dayOf(keys).budget).toMatchObject([{ used: 0, max: 10 }]);
  });

  it('is in the JSON of a status, and frozen', () => {
    const keys = scriptKeys({ K1: [hangs] }, { limits: { requestsPerDay: 10 } });
    const { day } = keys.manager.status();
    expect(JSON.parse(JSON.stringify(day))).toMatchObject({ budget: [{ limit: 'requestsPerDay', max: 10 }] });
    expect(Object.isFrozen(day)).toBe(true);
  });
});

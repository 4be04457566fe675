import { customProvider, registry, type KeyStatus } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { callTimes } from '../limits/limited-keys.ts';
import { OpenPools } from '../pool/open-pools.ts';
import { hangs, ok, rateLimited, scriptKeys, transient, type ScriptedKeys } from '../scripted-keys.ts';

const secondMs = 1000;
const minuteMs = 60_000;
const once = { maxRetries: 1 };
const pools = new OpenPools();

afterEach(async () => {
  registry.unregister(customProvider('scripted'));
  await pools.close();
});

function rateOf(keys: ScriptedKeys): KeyStatus['rate'] {
  return keys.key('K1').rate;
}

async function callAt(keys: ScriptedKeys, timeMs: number, times: number): Promise<void> {
  keys.runtime.set(timeMs);
  await callTimes(keys, times);
}

describe('lastMinute of the rate of a key', () => {
  it('counts the attempts that began in the last minute, to the second', async () => {
    const keys = scriptKeys({ K1: [ok] });
    expect(rateOf(keys)).toEqual({ lastMinute: 0, peak: 0 });
    await callAt(keys, 0, 2);
    await callAt(keys, 30 * secondMs, 3);
    expect(rateOf(keys).lastMinute).toBe(5);
    keys.runtime.set(60 * secondMs);
    expect(rateOf(keys).lastMinute).toBe(5);
    keys.runtime.set(61 * secondMs);
    expect(rateOf(keys).lastMinute).toBe(3);
    keys.runtime.set(91 * secondMs);
    expect(rateOf(keys).lastMinute).toBe(0);
  });

  it('counts running and failed attempts, but not those that were refused as rate-limited', async () => {
    const keys = scriptKeys({ K1: [transient, rateLimited(1000), hangs] });
    await keys.call(once).catch(() => {});
    await keys.call(once).catch(() => {});
    keys.runtime.set(1000);
    void keys.call();
    await settle();
    expect(keys.key('K1').usage.attempts).toBe(3);
    expect(rateOf(keys).lastMinute).toBe(2);
  });

  it('counts those of all pools that have the key, and shows them at once', async () => {
    const { a, b } = pools.makeTwo([ok]);
    expect(rateOf({ ...b, key: () => b.key('K1') }).lastMinute).toBe(0);
    await callTimes(a, 2);
    expect([a.key('K1').rate.lastMinute, b.key('K1').rate.lastMinute]).toEqual([2, 2]);
  });

  it('goes on when another manager takes the place of its own, and with a new key of the account', async () => {
    const before = scriptKeys({ K1: [ok] });
    await callTimes(before, 3);
    registry.register(before.manager);
    const after = scriptKeys({ K1: [ok] }, { runtime: before.runtime });
    registry.register(after.manager, { replace: true });
    expect(rateOf(after)).toEqual({ lastMinute: 3, peak: 3 });
    after.manager.replaceKey('K1', 'K9');
    expect(after.manager.status().keys[0]?.rate).toEqual({ lastMinute: 3, peak: 3 });
  });
});

describe('peak of the rate of a key', () => {
  it('is the most in a minute of the last ten, and is gone after fifteen', async () => {
    const keys = scriptKeys({ K1: [ok] });
    await callAt(keys, 4 * minuteMs, 5);
    await callAt(keys, 8 * minuteMs, 2);
    expect(rateOf(keys)).toEqual({ lastMinute: 2, peak: 5 });
    keys.runtime.set(14 * minuteMs);
    expect(rateOf(keys)).toEqual({ lastMinute: 0, peak: 5 });
    keys.runtime.set(15 * minuteMs);
    expect(rateOf(keys)).toEqual({ lastMinute: 0, peak: 2 });
    keys.runtime.set(20 * minuteMs);
    expect(rateOf(keys)).toEqual({ lastMinute: 0, peak: 0 });
  });

  it.each([10, 15, 60])('is kept or gone after %i minutes without a look', async (minutes) => {
    const keys = scriptKeys({ K1: [ok] });
    await callAt(keys, 4 * minuteMs, 5);
    keys.runtime.set((4 + minutes) * minuteMs);
    expect(rateOf(keys).peak).toBe(minutes === 10 ? 5 : 0);
  });

  it('is that of a minute, wherever it begins', async () => {
    const keys = scriptKeys({ K1: [ok] });
    await callAt(keys, 299 * secondMs, 2);
    await callAt(keys, 301 * secondMs, 2);
    expect(rateOf(keys).peak).toBe(4);
    keys.runtime.set(900 * secondMs);
    expect(rateOf(keys).peak).toBe(4);
  });

  it('includes attempts whose refusal was not known yet', async () => {
    const keys = scriptKeys({ K1: [ok, rateLimited(1000)] });
    await keys.call();
    await keys.call(once).catch(() => {});
    expect(rateOf(keys)).toEqual({ lastMinute: 1, peak: 2 });
  });
});

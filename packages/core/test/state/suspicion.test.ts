import { describe, expect, it } from 'vitest';
import { ok, rateLimited, scriptKeys, takes, transient, type ScriptedKeys } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

function suspicions({ manager, runtime }: ScriptedKeys): number[] {
  const seconds: number[] = [];
  manager.on('key.suspected', ({ untilMs }) => seconds.push((untilMs - runtime.now()) / 1000));
  return seconds;
}

describe('suspicion', () => {
  it('lasts 30 s, twice as long each time that the probe fails, and at most 10 min', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [ok] });
    const seconds = suspicions(keys);
    for (let probe = 0; probe < 7; probe++) {
      await keys.call(once);
      keys.runtime.set(keys.runtime.now() + (seconds.at(-1) ?? 0) * 1000);
    }
    expect(seconds).toEqual([30, 60, 120, 240, 480, 600, 600]);
    expect(keys.calls.filter((key) => key === 'K1')).toHaveLength(7);
  });

  it('ends in a probe: one call with one attempt, while the others prefer keys that nothing speaks against', async () => {
    const keys = scriptKeys(
      { K1: [transient, transient, transient, takes(100, transient)], K2: [ok] },
      { stepped: true },
    );
    void keys.call();
    await keys.runtime.advance(30_200);
    expect(keys.key('K1').state).toBe('recovering');
    keys.calls.length = 0;
    const calls = Promise.all(Array.from({ length: 10 }, () => keys.call()));
    await keys.runtime.advance(100);
    await expect(calls).resolves.toHaveLength(10);
    expect(keys.calls.filter((key) => key === 'K1')).toHaveLength(1);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('is not prolonged by failures of a key that is used for want of a better one', async () => {
    const keys = scriptKeys({ K1: [transient, transient, transient, ok] });
    const seconds = suspicions(keys);
    for (const time of [0, 10_000, 20_000]) {
      keys.runtime.set(time);
      await keys.call(once).catch(() => {});
    }
    keys.runtime.set(30_000);
    expect(keys.key('K1').state).toBe('recovering');
    expect(seconds).toEqual([30]);
  });

  it('is ended by a success, of a probe or for want of a better key', async () => {
    const keys = scriptKeys({ K1: [transient, ok, transient, ok] });
    await keys.call(once).catch(() => {});
    await keys.call(once);
    expect(keys.key('K1').state).toBe('healthy');
    keys.runtime.set(100_000);
    await keys.call(once).catch(() => {});
    keys.runtime.set(130_000);
    expect(keys.key('K1').state).toBe('recovering');
    await keys.call(once);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('is not ended by a success that began before it', async () => {
    const keys = scriptKeys({ K1: [takes(100, ok), takes(50, transient)], K2: [ok] }, { stepped: true });
    void keys.call(once);
    void keys.call(once);
    await keys.runtime.advance(100);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('begins with the first failure of a probe after a stated wait', async () => {
    const keys = scriptKeys({ K1: [rateLimited(60_000), transient], K2: [ok] });
    await keys.call();
    keys.runtime.set(60_000);
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.calls).toEqual(['K1', 'K2', 'K1', 'K2']);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it.each([
    [29_999, [30, 60]],
    [30_000, [30, 30]],
  ])('is longer for a key that fails again %d ms after it has recovered', async (ms, expected) => {
    const keys = scriptKeys({ K1: [transient, ok, transient], K2: [ok] });
    const seconds = suspicions(keys);
    await keys.call(once);
    keys.runtime.set(30_000);
    await keys.call(once);
    keys.runtime.set(30_000 + ms);
    await keys.call(once);
    expect(seconds).toEqual(expected);
  });
});

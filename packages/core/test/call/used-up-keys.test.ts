import type { KeyLimits } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { hangs, ok, scriptKeys, takes, transient, type Script, type ScriptedKeys } from '../scripted-keys.ts';

const wait = { maxRetries: 1, onExhausted: 'wait', maxWait: 120_000 } as const;

/** K1 fails, K2 has limits, and K3 is disabled. */
function keysOf(script: Script, limits: KeyLimits): ScriptedKeys {
  const keys = scriptKeys({ ...script, K3: [ok] }, { stepped: true });
  keys.manager.setKeys(['K1', { key: 'K2', limits }, 'K3']);
  keys.manager.disable('K3');
  return keys;
}

/** Wakes the calls that wait, each second. */
async function wakeFor(keys: ScriptedKeys, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await keys.runtime.advance(1000);
    keys.manager.markKeyFailed('K3', 'rate-limited');
    keys.manager.disable('K3');
  }
}

describe('a call that waits for room does not ask a key again that it has used up', () => {
  it('until the key that it waits for has room', async () => {
    const keys = keysOf({ K1: [transient], K2: [ok] }, { requestsPerMinute: 1 });
    await keys.call(wait);
    const call = keys.call(wait);
    await wakeFor(keys, 60);
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
    await keys.runtime.advance(1000);
    await expect(call).resolves.toBe('K2');
    expect(keys.calls).toHaveLength(4);
  });

  it('and asks it then, if another call takes the room', async () => {
    const keys = keysOf({ K1: [transient, transient, ok], K2: [ok] }, { requestsPerMinute: 1 });
    await keys.call(wait);
    const [, second] = keys.manager.status().keys;
    const pinned = keys.call({ ...wait, key: second?.keyId ?? '' });
    const call = keys.call(wait);
    await wakeFor(keys, 60);
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
    await keys.runtime.advance(1000);
    await expect(Promise.all([pinned, call])).resolves.toEqual(['K2', 'K1']);
  });

  it('for 30 s, if it waits for the end of an attempt', async () => {
    const keys = keysOf({ K1: [transient, transient, ok], K2: [hangs] }, { concurrency: 1 });
    void keys.call(wait);
    await keys.runtime.advance(10);
    const call = keys.call(wait);
    await wakeFor(keys, 29);
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
    await keys.runtime.advance(1100);
    await expect(call).resolves.toBe('K1');
  });

  it('but asks it once more at the end of its patience', async () => {
    const keys = keysOf({ K1: [transient, transient, ok], K2: [hangs] }, { concurrency: 1 });
    void keys.call(wait);
    await keys.runtime.advance(10);
    const call = keys.call({ ...wait, maxWait: 5000 });
    await wakeFor(keys, 5);
    await expect(call).resolves.toBe('K1');
    expect(keys.calls).toEqual(['K1', 'K2', 'K1', 'K1']);
  });

  it('and takes the room at once when it comes', async () => {
    const keys = keysOf({ K1: [transient], K2: [takes(20_000, ok), ok] }, { concurrency: 1 });
    const long = keys.call(wait);
    await keys.runtime.advance(10);
    const call = keys.call(wait);
    await wakeFor(keys, 20);
    await expect(Promise.all([long, call])).resolves.toEqual(['K2', 'K2']);
    expect(keys.calls).toEqual(['K1', 'K2', 'K1', 'K2']);
  });
});

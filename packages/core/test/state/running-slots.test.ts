import { customProvider, registry, wrapWithFallback, type ApiKey } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { hangs, ok, scriptKeys, takes, type ScriptedKeys } from '../scripted-keys.ts';

const minuteMs = 60_000;
const provider = customProvider('scripted');
type Key = ApiKey<typeof provider>;

function inUse({ manager }: ScriptedKeys): number[] {
  return manager.status().keys.map(({ usage }) => usage.inUse);
}

describe('the slot of an attempt that never ends', () => {
  it('is free after 10 minutes', async () => {
    const keys = scriptKeys({ K1: [hangs] }, { stepped: true });
    void keys.call();
    await settle();
    await keys.runtime.advance(9 * minuteMs);
    void keys.call();
    await settle();
    expect(inUse(keys)).toEqual([2]);
    await keys.runtime.advance(minuteMs);
    expect(inUse(keys)).toEqual([1]);
    await keys.runtime.advance(9 * minuteMs);
    expect(inUse(keys)).toEqual([0]);
  });

  it('is free when the next look at it comes late', async () => {
    const keys = scriptKeys({ K1: [hangs] }, { stepped: true });
    void keys.call();
    await settle();
    await keys.runtime.advance(20 * minuteMs);
    expect(inUse(keys)).toEqual([0]);
  });

  it('does not keep least-used away from its key', async () => {
    const keys = scriptKeys({ K1: [hangs, ok], K2: [ok] }, { stepped: true, strategy: 'least-used' });
    void keys.call();
    await settle();
    for (let call = 0; call < 5; call++) await expect(keys.call()).resolves.toBe('K2');
    await keys.runtime.advance(20 * minuteMs);
    await keys.call();
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('counts once when the attempt ends after all', async () => {
    const keys = scriptKeys({ K1: [takes(15 * minuteMs, ok), takes(40 * minuteMs, ok), ok] }, { stepped: true });
    const calls = [keys.call(), keys.call()];
    await keys.runtime.advance(9 * minuteMs);
    expect(inUse(keys)).toEqual([2]);
    await keys.runtime.advance(minuteMs);
    expect(inUse(keys)).toEqual([0]);
    await keys.runtime.advance(30 * minuteMs);
    await expect(Promise.all(calls)).resolves.toEqual(['K1', 'K1']);
    await keys.call();
    expect(keys.key('K1').usage).toMatchObject({ inUse: 0, attempts: 3, successes: 3 });
  });
});

describe('the slot of a stream', () => {
  afterEach(() => registry.unregister(provider));

  /** A stream whose chunks come after these pauses. */
  function pausing(...pausesMs: number[]) {
    const keys = scriptKeys({ K1: [ok] }, { stepped: true });
    registry.unregister(keys.manager.provider);
    registry.register(keys.manager);
    const call = wrapWithFallback(
      async function* (_key: Key) {
        for (const pauseMs of pausesMs) {
          await keys.runtime.pass(pauseMs);
          yield pauseMs;
        }
      },
      { provider },
    );
    return { keys, stream: call() };
  }

  it.each([true, false])('is renewed by each chunk, whether or not status() is read between: %s', async (hasLooks) => {
    const { keys, stream } = pausing(0, ...Array.from({ length: 12 }, () => 9 * minuteMs));
    const seen = new Set<number | undefined>();
    for (let chunk = 0; chunk < 13; chunk++) {
      const next = stream.next();
      await keys.runtime.advance(chunk === 0 ? 0 : 9 * minuteMs);
      await next;
      if (hasLooks) seen.add(inUse(keys)[0]);
    }
    seen.add(inUse(keys)[0]);
    expect([...seen]).toEqual([1]);
    await stream.next();
    expect(inUse(keys)).toEqual([0]);
  });

  it('is free after a long silence, and counts again when a chunk comes', async () => {
    const { keys, stream } = pausing(0, 60 * minuteMs, 0);
    const first = stream.next();
    await keys.runtime.advance(0);
    await first;
    const late = stream.next();
    for (let minutes = 0; minutes < 30; minutes += 10) {
      await keys.runtime.advance(10 * minuteMs);
      inUse(keys);
    }
    expect(inUse(keys)).toEqual([0]);
    await keys.runtime.advance(30 * minuteMs);
    await late;
    expect(inUse(keys)).toEqual([1]);
    await stream.return(undefined);
    expect(inUse(keys)).toEqual([0]);
  });
});

import { customProvider, InvalidOptionsError, registry, wrapWithFallback, type ApiKey } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ok, scriptKeys, takes, transient, type ScriptedKeys } from '../scripted-keys.ts';

const provider = customProvider('scripted');
const halfHourMs = 1_800_000;

afterEach(() => registry.unregister(provider));

function latencyOf(keys: ScriptedKeys) {
  return keys.key('K1').latency;
}

function near(ms: number): unknown {
  return expect.toSatisfy((found: number) => Math.abs(found - ms) <= 0.15 * ms);
}

describe('latency in the status of a key', () => {
  it('is absent unless the manager measures it, and before the first success', async () => {
    const [off, on] = [scriptKeys({ K1: [ok] }), scriptKeys({ K1: [transient] }, { latency: true })];
    await off.call();
    await on.call({ maxRetries: 1 }).catch(() => {});
    expect(off.key('K1')).not.toHaveProperty('latency');
    expect(on.key('K1')).not.toHaveProperty('latency');
  });

  it('is that of the attempts that have succeeded, each on its own', async () => {
    const keys = scriptKeys({ K1: [takes(5000, transient), takes(200, ok), takes(900, ok)] }, { latency: true });
    await keys.call();
    await keys.call();
    expect(latencyOf(keys)).toEqual({ p50Ms: near(200), p95Ms: near(900), count: 2 });
    expect(Object.isFrozen(latencyOf(keys))).toBe(true);
  });

  it('is that of a stream until its end', async () => {
    const keys = scriptKeys({ K1: [ok] }, { latency: true });
    registry.register(keys.manager);
    const slow = async function* (_key: ApiKey<typeof provider>) {
      yield 1;
      await keys.runtime.pass(3000);
      yield 2;
    };
    for await (const _ of wrapWithFallback(slow, { provider })());
    expect(latencyOf(keys)).toEqual({ p50Ms: near(3000), p95Ms: near(3000), count: 1 });
  });

  it('forgets attempts also without a new one', async () => {
    const keys = scriptKeys({ K1: [takes(10, ok)] }, { latency: true });
    await keys.call();
    keys.runtime.set(2 * halfHourMs - 1);
    expect(latencyOf(keys)?.count).toBe(1);
    keys.runtime.set(2 * halfHourMs);
    expect(keys.key('K1')).not.toHaveProperty('latency');
  });

  it('goes on when another manager takes the place of its own', async () => {
    const before = scriptKeys({ K1: [takes(10, ok)] }, { latency: true });
    await before.call();
    registry.register(before.manager);
    const after = scriptKeys({ K1: [takes(10, ok)] }, { runtime: before.runtime, latency: true });
    registry.register(after.manager, { replace: true });
    await after.manager.retryWithFallback(() => 1);
    expect(latencyOf(after)?.count).toBe(2);
  });

  it('is measured or not: nothing else is an option', () => {
    const make = () => scriptKeys({ K1: [ok] }, { latency: 'yes' as never });
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow('"latency" must be true or false; it is "yes".');
  });
});

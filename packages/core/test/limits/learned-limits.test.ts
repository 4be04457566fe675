import { describe, expect, it } from 'vitest';
import { callMany } from '../call-many.ts';
import { ok, rateLimited, ScriptedError, scriptKeys, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

/** Serves so many requests in any span, and refuses the others. */
function limitedTo(limit: number, spanMs: number, latencyMs = 0, retryAfterMs?: number): Outcome {
  const served: number[] = [];
  return async (key, runtime) => {
    const now = runtime.now();
    while (served[0] !== undefined && served[0] <= now - spanMs) served.shift();
    const isRefused = served.length >= limit;
    if (!isRefused) served.push(now);
    if (latencyMs > 0) await runtime.pass(latencyMs);
    if (!isRefused) return key;
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    throw new ScriptedError(() => ({ kind: 'rate-limited', reason: 'scripted', ...wait }));
  };
}

function countOf({ calls }: ScriptedKeys, name: string): number {
  return calls.filter((key) => key === name).length;
}

describe('a limit that was learned', () => {
  it('is a preference: other keys come first until the key has room', async () => {
    const keys = scriptKeys({ K1: [limitedTo(20, 60_000)], K2: [ok] });
    for (let call = 0; call < 25; call++) await keys.call(once);
    expect([countOf(keys, 'K1'), countOf(keys, 'K2')]).toEqual([21, 5]);
    // The key has rested; its limit is known.
    keys.runtime.set(30_000);
    await keys.call(once);
    await keys.call(once);
    expect(countOf(keys, 'K1')).toBeLessThanOrEqual(22);
    keys.runtime.set(62_000);
    await expect(keys.call(once)).resolves.toBe('K1');
  });

  it('is never a lock: a full key is asked when no other is left', async () => {
    const keys = scriptKeys({ K1: [limitedTo(20, 60_000)], K2: [ok] });
    for (let call = 0; call < 21; call++) await keys.call(once);
    keys.runtime.set(10_000);
    await keys.call(once);
    keys.manager.disable('K2');
    const before = countOf(keys, 'K1');
    await keys.call(once).catch(() => {});
    expect(countOf(keys, 'K1')).toBe(before + 1);
  });

  it('is assumed of keys that have none of their own', async () => {
    const keys = scriptKeys({ K1: [limitedTo(20, 60_000)], K2: [limitedTo(20, 60_000)], K3: [limitedTo(20, 60_000)] });
    for (let call = 0; call < 60; call++) await keys.call(once);
    expect(keys.errors).toHaveLength(1);
    expect([countOf(keys, 'K2'), countOf(keys, 'K3')]).toEqual([20, 20]);
  });

  it('is not assumed of a key that has served more than twice as much', async () => {
    const keys = scriptKeys({ K1: [limitedTo(20, 60_000)], K2: [ok], K3: [ok] });
    keys.manager.disable('K1');
    for (let call = 0; call < 45; call++) await keys.call(once);
    keys.manager.enable('K1');
    for (let call = 0; call < 30; call++) await keys.call(once);
    expect(countOf(keys, 'K3')).toBe(0);
  });

  it.each<[string, Outcome]>([
    ['states a wait of more than a minute', rateLimited(60_001)],
    [
      'names a bucket',
      () => {
        throw new ScriptedError(() => ({
          kind: 'rate-limited',
          reason: 'scripted',
          retryAfterMs: 1000,
          bucket: 'images',
        }));
      },
    ],
  ])('is not learned from a refusal that %s', async (_name, refusal) => {
    const served = Array.from({ length: 20 }, () => ok);
    const keys = scriptKeys({ K1: [...served, refusal, ok] as never, K2: [ok] });
    for (let call = 0; call < 21; call++) await keys.call(once);
    keys.runtime.set(62_000);
    for (let call = 0; call < 25; call++) await expect(keys.call(once)).resolves.toBe('K1');
  });

  it('is forgotten with a reset', async () => {
    const keys = scriptKeys({ K1: [limitedTo(20, 60_000)], K2: [ok], K3: [ok] });
    for (let call = 0; call < 45; call++) await keys.call(once);
    keys.manager.reset();
    keys.calls.length = 0;
    await keys.call(once);
    expect(keys.calls[0]).toBe('K1');
  });
});

describe('limits of a minute without a stated wait', () => {
  it('refuse next to nothing, and every call is served', async () => {
    const each = () => limitedTo(60, 60_000, 100);
    const keys = scriptKeys(
      { K1: [each()], K2: [each()], K3: [each()], K4: [each()] },
      { stepped: true, retryBudget: {} },
    );
    const { served } = await callMany(keys, 1000, { delay: 1000 }, { everyMs: 300 });
    expect(served).toBe(1000);
    expect(keys.calls.length / 1000).toBeLessThanOrEqual(1.05);
  });
});

describe.each([
  { limit: 1, offered: 3 },
  { limit: 2, offered: 6 },
  { limit: 2, offered: 7 },
  { limit: 5, offered: 15 },
])('limits of $limit requests a second on each of four keys, with $offered a second', ({ limit, offered }) => {
  describe.each([
    ['stated in whole seconds', 1000],
    ['not stated', undefined],
  ])('and a wait %s', (_name, retryAfterMs) => {
    it.each(['in-order', 'round-robin', 'least-used'] as const)(
      'serve every call %s, and refuse few',
      async (strategy) => {
        const each = () => limitedTo(limit, 1000, 100, retryAfterMs);
        const script = { K1: [each()], K2: [each()], K3: [each()], K4: [each()] } as const;
        const keys = scriptKeys(script, { stepped: true, retryBudget: {}, strategy });
        const { served } = await callMany(keys, 1200, { delay: 1000 }, { everyMs: Math.ceil(1000 / offered) });
        expect(served).toBe(1200);
        expect(keys.calls.length / 1200).toBeLessThanOrEqual(1.05);
      },
    );
  });
});

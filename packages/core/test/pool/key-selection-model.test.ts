import { type KeyStatus, type KeyStrategy } from '@api-key-fallback/core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ok, scriptKeys } from '../scripted-keys.ts';

const names = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7'] as const;
const script = Object.fromEntries(names.map((name) => [name, [ok] as const]));
const key = fc.constantFrom(...names);

const step = fc.oneof(
  fc.record({ kind: fc.constant('disable' as const), key }),
  fc.record({ kind: fc.constant('reset' as const), key }),
  fc.record({ kind: fc.constant('rate-limited' as const), key }),
  fc.record({ kind: fc.constant('transient' as const), key }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 29_999, 30_001, 60_000, 3_600_000) }),
  fc.record({ kind: fc.constant('call' as const) }),
);

/** What the strategy promises, read from the status of every key. */
function expected(keys: readonly KeyStatus[], strategy: KeyStrategy, last: number): number | undefined {
  const good = keys.filter(({ state }) => state === 'healthy' || state === 'recovering');
  const best = good.length > 0 ? good : keys.filter(({ state }) => state === 'suspect');
  const after = best.find(({ ordinal }) => ordinal > last) ?? best[0];
  if (strategy === 'round-robin') return after?.ordinal;
  if (strategy === 'in-order') return best[0]?.ordinal;
  const fewest = Math.min(...best.map(({ usage }) => usage.attempts));
  return best.find(({ usage }) => usage.attempts === fewest)?.ordinal;
}

it.each<KeyStrategy>(['in-order', 'round-robin', 'least-used'])('%s chooses what it promises', async (strategy) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { manager, runtime, call, calls } = scriptKeys(script, { strategy });
      let last = 0;
      for (const taken of steps) {
        if (taken.kind === 'wait') runtime.set(runtime.now() + taken.ms);
        else if (taken.kind === 'disable') manager.disable(taken.key);
        else if (taken.kind === 'reset') manager.reset(taken.key);
        else if (taken.kind !== 'call') manager.markKeyFailed(taken.key, taken.kind);
        const choice = expected(manager.status().keys, strategy, last);
        expect(manager.currentKeyIndex + 1).toBe(choice ?? 0);
        if (taken.kind !== 'call' || choice === undefined) continue;
        await call();
        expect(calls.at(-1)).toBe(names[choice - 1]);
        last = choice;
      }
    }),
    { numRuns: 200 },
  );
});

import { currentAttempt, type KeyStrategy } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { callMany, startMany } from '../call-many.ts';
import { numbersFrom } from '../seeded-numbers.ts';
import {
  fails,
  hangs,
  invalidKey,
  ok,
  rateLimited,
  scriptKeys,
  takes,
  transient,
  type Outcome,
  type Script,
} from '../scripted-keys.ts';

const good = takes(100, ok);
const bad = takes(100, transient);

/** Fails the first attempts of each call. */
function failsFirst(attempts: number): Outcome {
  const made = new Map<string | undefined, number>();
  return async (key, runtime) => {
    const callId = currentAttempt().callId;
    const number = (made.get(callId) ?? 0) + 1;
    made.set(callId, number);
    return (number <= attempts ? bad : good)(key, runtime);
  };
}

const budget = { stepped: true, retryBudget: {} } as const;

describe('no call ends while a key that nothing speaks against has not been asked', () => {
  const sizes = [5, 20, 50, 200, 1000] as const;
  const strategies: readonly KeyStrategy[] = ['in-order', 'round-robin', 'least-used', 'most-remaining'];
  const grid = strategies.flatMap((strategy) =>
    [1, 3].flatMap((maxRetries) => sizes.map((size) => ({ strategy, maxRetries, size }))),
  );

  it.each(grid)('one of two keys is bad: $size at once, $strategy, maxRetries $maxRetries', async (scene) => {
    const keys = scriptKeys({ K1: [bad], K2: [good] }, { ...budget, strategy: scene.strategy });
    const { served } = await callMany(keys, scene.size, { maxRetries: scene.maxRetries });
    expect(served).toBe(scene.size);
  });

  it.each<[string, Script]>([
    ['two', { K1: [bad], K2: [bad], K3: [good], K4: [good] }],
    ['three', { K1: [bad], K2: [bad], K3: [bad], K4: [good] }],
    ['the last three', { K1: [good], K2: [bad], K3: [bad], K4: [bad] }],
    ['three, at different speeds,', { K1: [bad], K2: [takes(20, transient)], K3: [takes(900, transient)], K4: [good] }],
  ])('%s of four keys are bad', async (_name, script) => {
    for (const strategy of strategies) {
      for (const size of sizes) {
        const keys = scriptKeys(script, { ...budget, strategy });
        expect(await callMany(keys, size)).toMatchObject({ served: size });
      }
    }
  });

  it('one of four keys hangs beyond the time limit', async () => {
    const keys = scriptKeys({ K1: [hangs], K2: [good], K3: [good], K4: [good] }, budget);
    expect(await callMany(keys, 1000, { attemptTimeout: 10_000 })).toMatchObject({ served: 1000 });
  });

  it('even without a single token', async () => {
    const keys = scriptKeys({ K1: [bad], K2: [bad], K3: [good] }, { stepped: true, retryBudget: { tokens: 0 } });
    expect(await callMany(keys, 1000)).toMatchObject({ served: 1000 });
  });

  it('even without a token for a key that is to be tried again, which comes first', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [transient], K3: [ok] }, { retryBudget: { tokens: 0 } });
    keys.manager.markKeyFailed('K2');
    keys.runtime.set(60_000);
    expect(keys.key('K2').state).toBe('recovering');
    await expect(keys.call({ maxRetries: 1 })).resolves.toBe('K3');
  });
});

describe('falling over after a transient failure', () => {
  const once = { maxRetries: 1 };

  it('waits for the outcome of the first 32 calls, and is free once the key has served one of them', async () => {
    const keys = scriptKeys({ K1: [bad], K2: [good] }, budget);
    const all = startMany(keys, 1000, once);
    await keys.runtime.advance(199);
    expect(keys.calls.filter((key) => key === 'K2')).toHaveLength(32);
    await keys.runtime.advance(1);
    expect(keys.calls.filter((key) => key === 'K2')).toHaveLength(1000);
    await keys.runtime.advance(100);
    await all;
  });

  it('asks no more than 32 calls of a key that fails as well', async () => {
    const keys = scriptKeys({ K1: [bad], K2: [bad] }, budget);
    await callMany(keys, 1000, once);
    expect(keys.calls.filter((key) => key === 'K2').length).toBeLessThanOrEqual(40);
  });

  it('takes a success for a proof only when it began after the failure began', async () => {
    const script = { K1: [bad], K2: [takes(90, ok), good] } as const;
    const keys = scriptKeys(script, { stepped: true, retryBudget: { tokens: 0 } });
    keys.manager.disable('K1');
    const early = keys.call(once);
    await keys.runtime.advance(1);
    keys.manager.enable('K1');
    const calls = Array.from({ length: 20 }, () => keys.call(once));
    await keys.runtime.advance(110);
    await expect(early).resolves.toBe('K2');
    // The call that K2 has served began before the others failed: one of them goes as a scout.
    expect(keys.calls.filter((key) => key === 'K2')).toHaveLength(2);
    await keys.runtime.advance(5000);
    await expect(Promise.all(calls)).resolves.toHaveLength(20);
  });

  it.each([
    ['a refused key', takes(100, invalidKey())],
    ['a stated wait', takes(100, rateLimited(60_000))],
    ['an exhausted quota', takes(100, fails({ kind: 'quota-exhausted', reason: 'scripted' }))],
  ])('is free at once after %s', async (_name, outcome) => {
    const keys = scriptKeys({ K1: [outcome], K2: [good] }, { stepped: true, retryBudget: { tokens: 0 } });
    const all = startMany(keys, 200, once);
    await keys.runtime.advance(101);
    expect(keys.calls.filter((key) => key === 'K2')).toHaveLength(200);
    await keys.runtime.advance(100);
    await all;
  });

  it('does not count a scout whose client could not be made for ever', async () => {
    let isFirst = true;
    const createClient = async (key: string): Promise<string> => {
      if (key === 'K2' && isFirst) {
        isFirst = false;
        keys.manager.disable('K2');
      }
      return key;
    };
    const keys = scriptKeys(
      { K1: [bad], K2: [good], K3: [good] },
      { stepped: true, retryBudget: { tokens: 0 }, adapter: { createClient } as object },
    );
    const run = (key: string) => (key === 'K1' ? bad : good)(key, keys.runtime);
    const call = () => keys.manager.retryWithFallback(run as never, { ...once, inject: 'client' } as object);
    const first = call();
    await keys.runtime.advance(1000);
    await expect(first).resolves.toBe('K3');
    keys.manager.reset();
    const others = Promise.all(Array.from({ length: 20 }, call));
    await keys.runtime.advance(10_000);
    await expect(others).resolves.toHaveLength(20);
  });
});

describe('an outage of every key', () => {
  const down = { K1: [bad], K2: [bad], K3: [bad], K4: [bad] } as const;
  const hanging = { K1: [hangs], K2: [hangs], K3: [hangs], K4: [hangs] } as const;

  it.each([
    [1000, 1.1],
    [100, 1.5],
  ])('costs %d calls at once at most %d requests a call', async (size, most) => {
    const keys = scriptKeys(down, budget);
    expect(await callMany(keys, size)).toMatchObject({ served: 0 });
    expect(keys.calls.length / size).toBeLessThanOrEqual(most);
  });

  it('costs 1000 calls in turn at most 1.3 requests a call', async () => {
    const keys = scriptKeys(down, { retryBudget: {} });
    for (let call = 0; call < 1000; call++) await keys.call().catch(() => {});
    expect(keys.calls.length / 1000).toBeLessThanOrEqual(1.3);
  });

  it('costs as little when the keys hang', async () => {
    const timed = { attemptTimeout: 10_000 };
    const atOnce = scriptKeys(hanging, budget);
    await callMany(atOnce, 1000, timed, { ms: 60_000 });
    expect(atOnce.calls.length / 1000).toBeLessThanOrEqual(1.3);
    const inTurn = scriptKeys(hanging, budget);
    for (let call = 0; call < 1000; call++) {
      let hasEnded = false;
      void inTurn.call(timed).catch(() => (hasEnded = true));
      while (!hasEnded) await inTurn.runtime.advance(1000);
    }
    expect(inTurn.calls.length / 1000).toBeLessThanOrEqual(1.3);
  });
});

describe('a single key', () => {
  it('serves every call that needs 3 attempts, one call a second', async () => {
    const keys = scriptKeys({ K1: [failsFirst(2)] }, budget);
    expect(await callMany(keys, 600, { delay: 1000 }, { everyMs: 1000 })).toMatchObject({ served: 600 });
  });

  it.each([20, 200, 1000])('serves %d calls at once that are each reset once', async (size) => {
    const keys = scriptKeys({ K1: [failsFirst(1)] }, budget);
    expect(await callMany(keys, size, { delay: 1000 })).toMatchObject({ served: size });
  });

  it.each(['in turn', 'one a second', 'at once'])('fails no more of 300 calls than a plain loop, %s', async (way) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = numbersFrom(seed);
      const fates = Array.from({ length: 300 }, () => Array.from({ length: 3 }, () => random() < 0.2));
      const failedByLoop = fates.filter((fate) => fate.every(Boolean)).length;
      const byCall = new Map<string, boolean[]>();
      const each: Outcome = (key, runtime) => {
        const { callId } = currentAttempt();
        const fate = byCall.get(callId) ?? fates.pop() ?? [];
        byCall.set(callId, fate.slice(1));
        return (fate[0] ? bad : good)(key, runtime);
      };
      const keys = scriptKeys({ K1: [each] }, budget);
      const everyMs = { 'in turn': 4000, 'one a second': 1000, 'at once': 0 }[way] ?? 0;
      const { errors } = await callMany(keys, 300, { delay: 1000 }, { everyMs });
      expect(errors.length).toBeLessThanOrEqual(failedByLoop);
    }
  });
});

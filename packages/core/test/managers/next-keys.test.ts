import { AllKeysFailedError, type KeyManagerOptions, type KeyStrategy, type NextKey } from '@api-key-fallback/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import {
  fails,
  hangs,
  ok,
  rateLimited,
  scriptKeys,
  transient,
  type Outcome,
  type ScriptedKeys,
} from '../scripted-keys.ts';

const once = { maxRetries: 1 };

function next({ manager }: ScriptedKeys): readonly Partial<NextKey>[] {
  return manager.status().next.map(({ keyId: _keyId, label: _label, ...rest }) => rest);
}

function inShort(keys: ScriptedKeys): string {
  return next(keys)
    .map(({ ordinal, reason }) => `${ordinal} ${reason}`)
    .join(', ');
}

describe('status().next', () => {
  it('says when a limited key has room, also one millisecond before', async () => {
    const keys = scriptKeys({ K1: [ok] }, { limits: { requestsPerMinute: 1 } });
    await keys.call();
    keys.runtime.set(60_999);
    expect(next(keys)).toMatchObject([{ reason: 'limited', limit: 'requestsPerMinute', availableAtMs: 61_000 }]);
  });

  it('lists the keys in the order in which a call tries them, with their names', () => {
    const keys = scriptKeys({ K1: [ok], K2: [ok] }, { strategy: (candidates) => candidates.at(-1) });
    const [first, second] = keys.manager.status().keys;
    expect(keys.manager.status().next).toEqual([
      { keyId: second?.keyId, ordinal: 2, label: 'key 2', reason: 'ready' },
      { keyId: first?.keyId, ordinal: 1, label: 'key 1', reason: 'ready' },
    ]);
  });

  it('says why a key is not first', async () => {
    const script = Object.fromEntries(['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7'].map((key) => [key, [ok] as const]));
    const keys = scriptKeys({ ...script, K1: [rateLimited(60_000)] });
    keys.manager.setKeys(['K1', 'K2', 'K3', { key: 'K4', weight: 0 }, 'K5', 'K6', 'K7']);
    await keys.call(once);
    keys.manager.markKeyFailed('K2', 'transient');
    keys.manager.markKeyFailed('K3', 'quota-exhausted');
    keys.manager.disable('K5');
    keys.manager.prefer('K7');
    expect(next(keys)).toEqual([
      { ordinal: 7, reason: 'preferred' },
      { ordinal: 6, reason: 'ready' },
      { ordinal: 2, reason: 'suspect' },
      { ordinal: 4, reason: 'standby' },
      { ordinal: 1, reason: 'cooling', availableAtMs: 60_000 },
      { ordinal: 3, reason: 'cooling', availableAtMs: 3_600_000 },
      { ordinal: 5, reason: 'disabled' },
    ]);
  });

  it('names the limit of a key without room, and when it has room', async () => {
    const keys = scriptKeys({ K1: [ok], K2: [hangs], K3: [ok] }, { stepped: true });
    keys.manager.setKeys([
      { key: 'K1', limits: { requestsPerMinute: 1, requestsPerDay: 5 } },
      { key: 'K2', limits: { concurrency: 1 } },
      'K3',
    ]);
    await keys.call();
    void keys.call();
    await settle();
    expect(next(keys)).toEqual([
      { ordinal: 3, reason: 'ready' },
      { ordinal: 1, reason: 'limited', limit: 'requestsPerMinute', availableAtMs: 61_000 },
      { ordinal: 2, reason: 'limited', limit: 'concurrency' },
    ]);
  });

  it('shows keys that are full, or may be, by a learned limit', async () => {
    const served: Outcome[] = Array.from({ length: 19 }, () => ok);
    const keys = scriptKeys({ K1: [ok, ...served, rateLimited(), ok], K2: [ok], K3: [ok] });
    for (let call = 0; call < 41; call++) await keys.call(once);
    keys.runtime.set(30_000);
    await keys.call(once);
    expect(inShort(keys)).toBe('3 ready, 2 may-be-full, 1 full');
  });

  it('shows a busy key that is untested while another one is unhealthy', async () => {
    const keys = scriptKeys({ K1: [ok], K2: [hangs], K3: [ok] }, { stepped: true });
    keys.runtime.set(100_000);
    keys.manager.disable('K1');
    for (let call = 0; call < 4; call++) void keys.call();
    await settle();
    expect(inShort(keys)).toBe('3 ready, 2 busy, 1 disabled');
  });

  it('shows a key that another call probes', async () => {
    const keys = scriptKeys({ K1: [rateLimited(1000), hangs], K2: [ok] }, { stepped: true });
    await keys.call(once);
    await keys.runtime.advance(1000);
    expect(inShort(keys)).toBe('1 ready, 2 ready');
    void keys.call(once);
    await settle();
    expect(inShort(keys)).toBe('2 ready, 1 probed');
  });

  it('is a part of copies, of JSON and of structured clones, and is computed once', () => {
    const keys = scriptKeys({ K1: [ok], K2: [ok] });
    const status = keys.manager.status();
    expect(status.next).toBe(status.next);
    expect({ ...status }.next).toEqual(status.next);
    expect(structuredClone(status).next).toEqual(status.next);
    expect((JSON.parse(JSON.stringify(status)) as typeof status).next).toEqual(status.next);
    expect(Object.isFrozen(status.next) && status.next.every((key) => Object.isFrozen(key))).toBe(true);
  });

  it('survives a strategy that throws or picks a key that is not there', () => {
    const failing = () => {
      throw new Error('no choice');
    };
    expect(inShort(scriptKeys({ K1: [ok], K2: [ok] }, { strategy: failing }))).toBe('1 ready, 2 ready');
    expect(inShort(scriptKeys({ K1: [ok], K2: [ok] }, { strategy: () => undefined }))).toBe('1 ready, 2 ready');
  });
});

const names = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6', 'K7'] as const;
const key = fc.constantFrom(...names);
const inBucket = fails({ kind: 'rate-limited', reason: 'scripted', bucket: 'unspecified', retryAfterMs: 0 });

const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('disable' as const, 'reset' as const, 'prefer' as const), key }),
  fc.record({ kind: fc.constantFrom('rate-limited' as const, 'quota-exhausted' as const, 'transient' as const), key }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 29_999, 30_001, 60_000, 3_600_000) }),
  fc.record({ kind: fc.constant('call' as const), times: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constant('pinned' as const), key, outcome: fc.constantFrom(ok, inBucket) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(
  taken: Step,
  { manager, runtime, call }: ScriptedKeys,
  outcomes: Map<string, Outcome>,
): Promise<unknown> | void {
  switch (taken.kind) {
    case 'wait':
      return runtime.set(runtime.now() + taken.ms);
    case 'call':
      return Promise.all(Array.from({ length: taken.times }, () => call(once).catch(() => {})));
    case 'pinned':
      outcomes.set(taken.key, taken.outcome);
      return call({ ...once, key: `key ${names.indexOf(taken.key) + 1}` }).catch(() => {});
    case 'disable':
    case 'reset':
    case 'prefer':
      return manager[taken.kind](taken.key);
    default:
      return void manager.markKeyFailed(taken.key, taken.kind);
  }
}

/** The ordinals of the keys that can be used. */
function usable(keys: ScriptedKeys): readonly (number | undefined)[] {
  return next(keys).flatMap(({ ordinal, reason }) =>
    reason === 'cooling' || reason === 'disabled' || reason === 'limited' ? [] : [ordinal],
  );
}

const strategies = [
  'in-order',
  'round-robin',
  'weighted',
  'least-used',
  'most-remaining',
  (candidates) => candidates.at(-1),
] as const satisfies readonly KeyStrategy[];

/** Keys after any steps, all of which a call can find in any state. */
async function afterSteps(
  steps: readonly Step[],
  weights: readonly number[],
  options: KeyManagerOptions,
): Promise<{ readonly keys: ScriptedKeys; readonly outcomes: Map<string, Outcome> }> {
  const outcomes = new Map<string, Outcome>();
  const follow: Outcome = (name, runtime) => (outcomes.get(name) ?? ok)(name, runtime);
  const keys = scriptKeys(Object.fromEntries(names.map((name) => [name, [follow] as const])), options);
  keys.manager.setKeys(
    names.map((name, index) => ({ key: name, weight: weights[index] ?? 1, limits: { requestsPerMinute: 4 + index } })),
  );
  for (const taken of steps) await take(taken, keys, outcomes);
  return { keys, outcomes };
}

describe('the order of status().next', () => {
  const weights = fc.array(fc.constantFrom(0, 1, 1, 2, 5), { minLength: 7, maxLength: 7 });
  const steps = fc.array(step, { maxLength: 30 });

  it.each(strategies)('is the one in which calls take the keys, each without those before it: %s', async (strategy) => {
    await fc.assert(
      fc.asyncProperty(steps, weights, async (taken, weighted) => {
        const { keys } = await afterSteps(taken, weighted, { strategy });
        const order = usable(keys);
        for (const ordinal of order) {
          expect(keys.manager.currentKeyIndex + 1).toBe(ordinal);
          keys.manager.disable(names[(ordinal ?? 0) - 1] ?? '');
        }
        expect(keys.manager.currentKeyIndex).toBe(-1);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['in-order', 'least-used', 'most-remaining'] as const)(
    'is the one in which a call falls over: %s',
    async (strategy) => {
      await fc.assert(
        fc.asyncProperty(steps, weights, async (taken, weighted) => {
          const { keys, outcomes } = await afterSteps(taken, weighted, { strategy });
          const order = usable(keys);
          for (const name of names) outcomes.set(name, transient);
          const from = keys.calls.length;
          await expect(keys.call(once)).rejects.toThrow(AllKeysFailedError);
          const tried = keys.calls.slice(from).map((name) => names.indexOf(name as 'K1') + 1);
          expect(tried.slice(0, order.length)).toEqual(order);
        }),
        { numRuns: 200 },
      );
    },
  );
});

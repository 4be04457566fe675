import { AllKeysFailedError, DeadlineExceededError, type FallbackOptions } from '@api-key-fallback/core';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { poolOf } from '../../src/pool/pool-of.ts';
import { numbersFrom } from '../seeded-numbers.ts';
import { settle } from '../fake-runtime.ts';
import {
  callerError,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  ScriptedError,
  scriptKeys,
  takes,
  transient,
  type Outcome,
} from '../scripted-keys.ts';

const names = ['K1', 'K2', 'K3'] as const;
const fates: readonly Outcome[] = [
  ok,
  ok,
  ok,
  transient,
  transient,
  rateLimited(),
  rateLimited(40),
  rateLimited(5000),
  quotaExhausted(),
  invalidKey(),
  callerError,
];

it('200 concurrent calls with random outcomes, aborts, deadlines and resets all end, and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(0, 3, 40), async (seed, tokens) => {
      const random = numbersFrom(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
      const each: Outcome = (key, runtime) => {
        const ms = pick([0, 0, 3, 50, 700, 90_000]);
        const fate = pick(fates);
        return ms === 0 ? fate(key, runtime) : takes(ms, fate)(key, runtime);
      };
      const script = { K1: [each], K2: [each], K3: [each] } as const;
      const { manager, runtime, call } = scriptKeys(script, { stepped: true, retryBudget: { tokens } });
      const controllers: AbortController[] = [];
      const ends: unknown[] = [];

      function randomOptions(): FallbackOptions {
        const controller = new AbortController();
        if (random() < 0.3) controllers.push(controller);
        return {
          maxRetries: pick([1, 2, 3]),
          delay: pick([0, 10, 1000]),
          retryOn: pick(['same-key', 'next-key']),
          onExhausted: pick(['fail', 'wait']),
          idempotent: random() < 0.9,
          signal: controller.signal,
          ...(random() < 0.3 ? { deadline: pick([1, 400, 5000]) } : {}),
          ...(random() < 0.2 ? { attemptTimeout: pick([1, 400]) } : {}),
        };
      }

      for (let started = 0; started < 200; started++) {
        void call(randomOptions()).then(
          (value) => ends.push(value),
          (error: unknown) => ends.push(error),
        );
        if (random() < 0.1) controllers.splice(0, 1)[0]?.abort(new Error('aborted'));
        if (random() < 0.02) manager.reset(pick(names));
        if (random() < 0.02) manager.disable(pick(names));
        if (random() < 0.02) manager.enable(pick(names));
        if (random() < 0.02) manager.markKeyFailed(pick(names), pick(['rate-limited', 'transient', 'invalid-key']));
        if (random() < 0.2) await runtime.advance(pick([1, 60, 500, 31_000]));
        else if (random() < 0.5) await settle();
      }
      for (const controller of controllers) controller.abort(new Error('aborted'));
      await runtime.advance(3_600_000);

      expect(ends).toHaveLength(200);
      for (const end of ends) {
        const isExpected =
          names.includes(end as (typeof names)[number]) ||
          end instanceof AllKeysFailedError ||
          end instanceof DeadlineExceededError ||
          end instanceof ScriptedError ||
          end instanceof DOMException ||
          (end instanceof Error && end.message === 'aborted');
        expect(isExpected ? undefined : end).toBeUndefined();
      }
      expect(runtime.asleep).toBe(0);
      const pool = poolOf(manager);
      expect(pool.keys.map((key) => pool.traffic.of(key).scouts)).toEqual([0, 0, 0]);
      expect(pool.keys.map(({ health }) => health.permit.isHeld(pool.clock.now()))).toEqual([false, false, false]);
      expect(pool.keys.map(({ usage }) => usage.inUse)).toEqual([0, 0, 0]);
      pool.budget?.fill();
      expect(pool.budget?.mayComeBack).toBe(false);
    }),
    { numRuns: 40 },
  );
});

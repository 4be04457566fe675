import type { ApiKeyManager } from '@api-key-fallback/core';
import { setImmediate } from 'node:timers/promises';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';
import type { Subject } from '../subject.ts';
import { tryCatchLoop } from '../try-catch-loop.ts';

const sizes = [10, 100, 1000];
const [some, many] = [100, 1000];
const [failingKey = ''] = fakeKeys(1);

/** Starts `size` calls on the first key, then makes them all fail with a 401. */
async function burst(size: number, run: (call: (key: string) => Promise<number>) => Promise<unknown>): Promise<void> {
  const failure = Promise.withResolvers<never>();
  const call = (key: string): Promise<number> => (key === failingKey ? failure.promise : Promise.resolve(1));
  const calls = Array.from({ length: size }, () => run(call));
  failure.reject(Object.assign(new Error('This key was revoked'), { status: 401 }));
  await Promise.all(calls);
  // Node keeps rejected promises until the next turn.
  await setImmediate();
}

function subjectOf(size: number, manager: ApiKeyManager): Subject {
  const call = async (): Promise<void> => {
    await burst(size, (use) => manager.retryWithFallback(use));
    manager.reset();
  };
  return { name: nameOf(size), times: size, call };
}

function nameOf(size: number): string {
  return `ours, ${size.toLocaleString('en')} calls`;
}

async function countTransitions(): Promise<number> {
  const manager = benchManager();
  let transitions = 0;
  for (const event of ['key.suspected', 'key.cooled-down', 'key.disabled', 'key.recovered'] as const) {
    manager.on(event, () => transitions++);
  }
  await burst(many, (use) => manager.retryWithFallback(use));
  return transitions;
}

/** Many concurrent calls on a key that fails. */
export async function aFailingKey(effort: Effort): Promise<CaseReport> {
  const floors = { name: 'try/catch, 1,000 calls', times: many, call: () => burst(many, tryCatchLoop) };
  const subjects = [floors, ...sizes.map((size) => subjectOf(size, benchManager()))];
  const options = { title: 'A burst of calls', per: 'call', relativeTo: [nameOf(some)] };
  const comparison = await Comparison.of(subjects, effort, options);
  return {
    title: 'A failing key',
    about:
      'All calls are waiting on the first of four keys when it fails with a 401, and continue with the second. The baseline is the hand-written loop, which tries the failing key three times.',
    tables: [comparison.table],
    measures: {
      'failing key: transitions': { value: await countTransitions() },
      '1,000 calls on a failing key: time per call vs 100 calls': {
        value: comparison.ns(nameOf(many)) / comparison.ns(nameOf(some)),
      },
    },
  };
}

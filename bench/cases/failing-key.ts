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
const [dyingKey = ''] = fakeKeys(1);

/** So many calls, all of which are under way on the first key when it turns out to be dead. */
async function burst(size: number, run: (call: (key: string) => Promise<number>) => Promise<unknown>): Promise<void> {
  const death = Promise.withResolvers<never>();
  const call = (key: string): Promise<number> => (key === dyingKey ? death.promise : Promise.resolve(1));
  const calls = Array.from({ length: size }, () => run(call));
  death.reject(Object.assign(new Error('This key was revoked'), { status: 401 }));
  await Promise.all(calls);
  // Until then Node keeps what was rejected.
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

/** Many calls that are under way on a key when it dies. */
export async function aDyingKey(effort: Effort): Promise<CaseReport> {
  const floors = { name: 'try/catch, 1,000 calls', times: many, call: () => burst(many, tryCatchLoop) };
  const subjects = [floors, ...sizes.map((size) => subjectOf(size, benchManager()))];
  const options = { title: 'A burst of calls', per: 'call', relativeTo: [nameOf(some)] };
  const comparison = await Comparison.of(subjects, effort, options);
  return {
    title: 'A dying key',
    about:
      'All calls wait on the first of four keys when it is refused with a 401, and go on with the second. The hand-written loop, which tries the dead key three times, stands in for the bare call.',
    tables: [comparison.table],
    measures: {
      'dying key, transitions': { value: await countTransitions() },
      '1,000 calls on a dying key, time of each, of 100 calls': {
        value: comparison.ns(nameOf(many)) / comparison.ns(nameOf(some)),
      },
    },
  };
}

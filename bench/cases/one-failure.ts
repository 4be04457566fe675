import retry from 'async-retry';
import { handleAll, retry as cockatielRetry } from 'cockatiel';
import pRetry from 'p-retry';
import { benchManager } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import { inTurns } from '../in-turns.ts';
import type { CaseReport } from '../report.ts';
import type { Subject } from '../subject.ts';
import { tryCatchLoop } from '../try-catch-loop.ts';

/** A function of which every other call fails, as a provider's client does. */
function failingFirst(status: number): () => Promise<number> {
  let calls = 0;
  return async () => {
    if (calls++ % 2 === 0) throw Object.assign(new Error('The provider is in trouble'), { status });
    return 1;
  };
}

/** One failure and a success, without a pause: on the same key, and with the next key. */
export async function oneFailure(effort: Effort): Promise<CaseReport> {
  // The default budget refuses to repeat every call of a provider.
  const options = { retryBudget: { ratio: 2 } };
  const sameKey = benchManager(undefined, options);
  const silent = benchManager(undefined, { ...options, logLevel: 'silent' });
  const nextKey = benchManager(undefined, options);
  const deadKey = benchManager(undefined, options);
  const policy = cockatielRetry(handleAll, { maxAttempts: 2 });
  const [failing, refused] = [() => failingFirst(500), () => failingFirst(401)];
  const [a, b, c, d, e, f, g, h] = [
    failing(),
    failing(),
    failing(),
    failing(),
    refused(),
    failing(),
    failing(),
    failing(),
  ];
  const subjects: Subject[] = [
    { name: 'bare calls', call: () => a().catch(a) },
    { name: 'try/catch', call: () => tryCatchLoop(b) },
    { name: 'same key', call: () => sameKey.retryWithFallback(c, { delay: 0 }) },
    { name: 'same key, no log', call: () => silent.retryWithFallback(h, { delay: 0 }) },
    { name: 'next key', call: () => nextKey.retryWithFallback(d, { delay: 0, maxRetries: 1 }) },
    {
      name: 'next key after a 401, then reset()',
      call: async () => {
        await deadKey.retryWithFallback(e, { delay: 0 });
        deadKey.reset();
      },
    },
    { name: 'p-retry', call: () => pRetry(f, { retries: 2, minTimeout: 0 }) },
  ];
  const timers: Subject[] = [
    { name: 'bare calls', call: () => a().catch(a) },
    { name: 'cockatiel', call: () => policy.execute(g) },
    { name: 'async-retry', call: () => retry(f, { retries: 2, minTimeout: 0, maxTimeout: 0 }) },
  ];
  const comparison = await Comparison.of(subjects.map(inTurns), effort, {
    title: 'Fails, then succeeds',
    per: 'call',
    relativeTo: ['same key', 'p-retry'],
    withBytes: true,
  });
  const slow = await Comparison.of(timers, effort, {
    title: 'Libraries that always wait for a timer',
    per: 'call',
  });
  return {
    title: 'One failure, then success',
    about:
      'The function throws a new error with a status, then returns. No pause is asked for. Warnings are written to a log that nobody reads; the libraries write none.',
    tables: [comparison.table, slow.table],
    measures: {
      'one failure, time added, of p-retry': { value: comparison.ratio('same key', 'p-retry') },
      'next key, time added, of the same key': { value: comparison.ratio('next key', 'same key') },
    },
  };
}

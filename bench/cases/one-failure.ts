import retry from 'async-retry';
import { handleAll, retry as cockatielRetry } from 'cockatiel';
import pRetry from 'p-retry';
import { benchManager } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport, Measure } from '../report.ts';
import { worstOf } from '../statistics.ts';
import { inTurns, type Subject } from '../subject.ts';
import { tryCatchLoop } from '../try-catch-loop.ts';

/** A function that fails in every other call: synchronously, or after an await, as a provider's client does. */
function failingFirst(status: number, isLate = false): () => Promise<number> {
  let calls = 0;
  return async () => {
    if (isLate) await Promise.resolve();
    if (calls++ % 2 === 0) throw Object.assign(new Error('The provider failed'), { status });
    return 1;
  };
}

const quietRetry = 'same key, no log, no turn';

// The default budget does not allow a retry in every call.
const options = { retryBudget: { tokens: 1_000_000 } };

function subjectsOf(isLate: boolean): Subject[] {
  const sameKey = benchManager(undefined, options);
  const silent = benchManager(undefined, { ...options, logLevel: 'silent' });
  const atOnce = benchManager(undefined, { ...options, logLevel: 'silent', runtime: { sleep: async () => {} } });
  const nextKey = benchManager(undefined, options);
  const deadKey = benchManager(undefined, options);
  const [bare, byHand, a, b, c, d, e] = Array.from({ length: 7 }, () => failingFirst(500, isLate)) as Failing;
  const refused = failingFirst(401, isLate);
  return [
    { name: 'bare calls', call: () => bare().catch(bare) },
    { name: 'try/catch', call: () => tryCatchLoop(byHand) },
    { name: 'same key', call: () => sameKey.retryWithFallback(a, { delay: 0 }) },
    { name: 'same key, no log', call: () => silent.retryWithFallback(b, { delay: 0 }) },
    { name: quietRetry, call: () => atOnce.retryWithFallback(e, { delay: 0 }) },
    { name: 'next key', call: () => nextKey.retryWithFallback(c, { delay: 0, maxRetries: 1 }) },
    {
      name: 'next key after a 401, then reset()',
      call: async () => {
        await deadKey.retryWithFallback(refused, { delay: 0 });
        deadKey.reset();
      },
    },
    { name: 'p-retry', call: () => pRetry(d, { retries: 2, minTimeout: 0 }) },
  ];
}

type Call = () => Promise<number>;
type Failing = [Call, Call, Call, Call, Call, Call, Call];

/** One failure and one success without a pause, on the same key and with the next key. */
export async function oneFailure(effort: Effort): Promise<CaseReport> {
  const policy = cockatielRetry(handleAll, { maxAttempts: 2 });
  const [bare, a, b] = [failingFirst(500), failingFirst(500), failingFirst(500)];
  const timers: Subject[] = [
    { name: 'bare calls', call: () => bare().catch(bare) },
    { name: 'cockatiel', call: () => policy.execute(a) },
    { name: 'async-retry', call: () => retry(b, { retries: 2, minTimeout: 0, maxTimeout: 0 }) },
  ];
  const shown = { per: 'call', relativeTo: ['same key', 'p-retry'], withBytes: true };
  const atOnce = await Comparison.of(subjectsOf(false).map(inTurns), effort, {
    ...shown,
    title: 'Fails synchronously, then succeeds',
  });
  const late = await Comparison.of(subjectsOf(true).map(inTurns), effort, {
    ...shown,
    title: 'Fails after an await, then succeeds',
  });
  const slow = await Comparison.of(timers, effort, { title: 'Libraries that always wait for a timer', per: 'call' });
  const ofBoth = (name: string, to: string): Measure =>
    worstOf({ 'fails synchronously': atOnce.ratio(name, to), 'fails after an await': late.ratio(name, to) });
  return {
    title: 'One failure, then success',
    about:
      'The function throws a new error with a status, then returns. The pauses are 0 ms. Ours is then a turn of the event loop, so that timers can fire; p-retry has none, and "no turn" replaces it. Our warnings go to a logger that discards them; the other libraries log nothing.',
    tables: [atOnce.table, late.table, slow.table],
    measures: {
      // Like p-retry without a log line and a turn, and after an await, as a provider's client fails.
      'one failure: added time vs p-retry': { value: late.ratio(quietRetry, 'p-retry') },
      'next key: added time vs same key': ofBoth('next key', 'same key'),
    },
  };
}

import type { Bar } from './bar.ts';
import type { Outcome } from './play-scene.ts';

/** What came of one run, scheme by scheme. */
export type Outcomes = ReadonlyMap<string, Outcome>;

/** The best that the other schemes reach. */
export interface Best {
  readonly servedPercent: number;
  /** The least of those that serve as many calls as the best does. */
  readonly requestsPerServed: number;
  readonly p99Seconds: number;
}

const sameServedPoints = 0.05;

export function bestOf(others: Outcomes): Best {
  const outcomes = [...others.values()];
  const servedPercent = Math.max(...outcomes.map((outcome) => outcome.servedPercent));
  const best = outcomes.filter((outcome) => outcome.servedPercent >= servedPercent - sameServedPoints);
  return {
    servedPercent,
    requestsPerServed: Math.min(...best.map((outcome) => outcome.requestsPerServed)),
    p99Seconds: Math.min(...best.map((outcome) => outcome.p99Seconds)),
  };
}

/** In what a run misses the bar; empty when it is met. */
export function judgeRun(bar: Bar, judged: Outcome, others: Outcomes): string[] {
  const best = bestOf(others);
  const { servedPercent, requestsPerServed, requestsPerCall, p99Seconds, refused } = judged;
  const {
    servedAtLeast = 0,
    servedBelowBest = 100,
    requestsPerServedOverBest = Infinity,
    requestsPerServedAtMost = Infinity,
    requestsPerCallAtMost = Infinity,
    refusedAtMost = Infinity,
  } = bar;
  const p99Of = bar.p99Of === 'best' ? best : bar.p99Of && others.get(bar.p99Of);
  const least = Math.max(servedAtLeast, best.servedPercent - servedBelowBest);
  const most = Math.min(requestsPerServedAtMost, best.requestsPerServed + requestsPerServedOverBest);
  const slowest = p99Of ? 1.2 * p99Of.p99Seconds + 0.1 : Infinity;
  return [
    ...(servedPercent >= least ? [] : [`served ${servedPercent.toFixed(1)} % of ${least.toFixed(1)}`]),
    ...(requestsPerServed <= most ? [] : [`${requestsPerServed.toFixed(2)} requests of ${most.toFixed(2)}`]),
    ...(requestsPerCall <= requestsPerCallAtMost
      ? []
      : [`${requestsPerCall.toFixed(2)} requests a call of ${requestsPerCallAtMost.toFixed(2)}`]),
    ...(refused <= refusedAtMost ? [] : [`${refused} refused of ${refusedAtMost}`]),
    ...(!p99Of || p99Seconds <= slowest ? [] : [`p99 ${p99Seconds.toFixed(1)} s of ${slowest.toFixed(1)}`]),
  ];
}

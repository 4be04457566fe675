import type { Scene } from './scene.ts';

/** What is asked of a scene; an absent line asks nothing. */
export interface Bar {
  /** In percent of the calls. */
  readonly servedAtLeast?: number;
  /** In points of percent. */
  readonly servedBelowBest?: number;
  readonly requestsPerServedOverBest?: number;
  readonly requestsPerServedAtMost?: number;
  readonly requestsPerCallAtMost?: number;
  readonly refusedAtMost?: number;
  /** The p99 is at most 1.2 times the p99 of this scheme, plus 0.1 s. */
  readonly p99Of?: 'best' | 'p-retry, next key at each try';
}

// 99.95 is what rounds to 100.0: of 2,000 calls, one may be lost.
const usual: Bar = { servedAtLeast: 99.95, requestsPerServedOverBest: 0.05, p99Of: 'best' };
// The traffic takes all that the keys have, and plain rotation happens to fit it exactly.
const fullLoad: Bar = { servedBelowBest: 2 };
// Plain rotation asks again without a pause, so no scheme that pauses can be as quick.
const noise: Bar = { ...usual, p99Of: 'p-retry, next key at each try' };

// With its limits configured, a key is never asked for more.
const keptLimits: Bar = { ...usual, refusedAtMost: 0 };

const special: Readonly<Record<string, Bar>> = {
  // 5 % of the calls come during the outage, when nothing can serve them.
  R6: { servedAtLeast: 95, requestsPerServedAtMost: 1.1 },
  R7: noise,
  R8: noise,
  'R10 sliding': fullLoad,
  'R10 fixed': fullLoad,
  'R10 bucket': fullLoad,
  // What a process has begun in the last seconds is not known to the other.
  'R12 limits': { ...usual, refusedAtMost: 10 },
};

/** What default options, and the limits of the scene, must reach in it, whatever the seed. */
export function barOf({ name, limits }: Pick<Scene, 'name' | 'limits'>): Bar {
  return special[name] ?? (limits ? keptLimits : usual);
}

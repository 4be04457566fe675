import { withDefaults, type Rule, type RuleOptions } from './rule.ts';

/** Options of `failover.rate`. */
export interface FailoverRateOptions extends RuleOptions {
  /** The number of calls that fell over, from 1. @default 20 */
  readonly count?: number;
  /** The time in which they fell over, in ms, up to an hour. @default 300_000 */
  readonly windowMs?: number;
}

/** Many calls of this process fell over to another key. */
export function failoverRate(options: FailoverRateOptions): Rule {
  const { count = 20, windowMs = 300_000 } = options;
  return {
    name: 'failover.rate',
    ...withDefaults(options, { severity: 'warning', forMs: 0 }),
    options: { count, windowMs },
    isMutedByOutage: true,
    evaluate(_status, { counts, failovers }) {
      const seen = failovers(windowMs);
      return seen >= count ? [{ ...counts.out, values: { count: seen, windowMs } }] : [];
    },
  };
}

import { withDefaults, unprovenMs, type Rule, type RuleOptions } from './rule.ts';

/** Options of `keys.degraded`. */
export interface KeysDegradedOptions extends RuleOptions {
  /** The share of the keys that are out, above 0 and up to 1. @default 0.5 */
  readonly share?: number;
}

/** A share of the keys is out. */
export function keysDegraded(options: KeysDegradedOptions): Rule {
  const { share = 0.5 } = options;
  return {
    name: 'keys.degraded',
    ...withDefaults(options, { severity: 'warning', forMs: 60_000 }),
    options: { share },
    isMutedByOutage: true,
    evaluate(_status, { counts: { total, working, proven, out } }) {
      if (total === 0 || total - proven < share * total) return [];
      const values = { share: (total - working) / total };
      return [{ ...out, values, ...(total - working < share * total ? { keepsForMs: unprovenMs } : {}) }];
    },
  };
}

import { withDefaults, unprovenMs, type Rule, type RuleOptions } from './rule.ts';

/** Of several keys, one is left. */
export function lastKey(options: RuleOptions): Rule {
  return {
    name: 'last.key',
    ...withDefaults(options, { severity: 'warning', forMs: 60_000 }),
    isMutedByOutage: true,
    evaluate(_status, { counts: { total, working, proven, out } }) {
      if (total < 2 || working === 0 || proven > 1) return [];
      return [{ ...out, ...(working > 1 ? { keepsForMs: unprovenMs } : {}) }];
    },
  };
}

import { withDefaults, unprovenMs, type Rule, type RuleOptions } from './rule.ts';

const passingForMs = 600_000;

/**
 * Of several keys, one is left. A key that is back by itself within 10 minutes counts only when it has been out for 10 minutes: a
 * single 429 in a pool of two keys sends nothing.
 */
export function lastKey(options: RuleOptions): Rule {
  return {
    name: 'last.key',
    ...withDefaults(options, { severity: 'warning', forMs: 60_000 }),
    isMutedByOutage: true,
    evaluate(_status, { counts: { total, working, proven, lasting, out } }) {
      if (total < 2 || working === 0 || proven > 1) return [];
      const isPassing = total - lasting > 1;
      return [
        { ...out, ...(isPassing ? { forMs: passingForMs } : {}), ...(working > 1 ? { keepsForMs: unprovenMs } : {}) },
      ];
    },
  };
}

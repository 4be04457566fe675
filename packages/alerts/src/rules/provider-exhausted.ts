import { withDefaults, unprovenMs, type Rule, type RuleOptions } from './rule.ts';

/** All keys of a pool are out. Not in the first 15 s, because calls can wait out a short cooldown. */
export function providerExhausted(options: RuleOptions): Rule {
  return {
    name: 'provider.exhausted',
    ...withDefaults(options, { severity: 'critical', forMs: 15_000 }),
    evaluate(_status, { counts: { total, working, proven, out } }) {
      if (total === 0 || proven > 0) return [];
      return [{ ...out, ...(working > 0 ? { keepsForMs: unprovenMs } : {}) }];
    },
  };
}

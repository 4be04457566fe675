import { withDefaults, unprovenMs, type Rule, type RuleOptions } from './rule.ts';
import { sourceFails } from './source-fails.ts';

/** All keys of a pool are out, or there are none because they cannot be loaded. Not in the first 15 s, because calls can wait out a short cooldown. */
export function providerExhausted(options: RuleOptions): Rule {
  return {
    name: 'provider.exhausted',
    ...withDefaults(options, { severity: 'critical', forMs: 15_000 }),
    isMutedByOutage: false,
    evaluate({ keys, source }, { counts: { total, working, proven, out } }) {
      if (keys.length === 0 && source && sourceFails(source)) return [{ values: { source: source.name } }];
      if (total === 0 || proven > 0) return [];
      return [{ ...out, ...(working > 0 ? { keepsForMs: unprovenMs } : {}) }];
    },
  };
}

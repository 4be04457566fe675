import { withDefaults, type Rule, type RuleOptions } from './rule.ts';

/** The shared store does not answer. */
export function storeAway(options: RuleOptions): Rule {
  return {
    name: 'store.away',
    ...withDefaults(options, { severity: 'warning', forMs: 60_000 }),
    isMutedByOutage: false,
    evaluate: ({ store }) => (store?.isAway === true ? [{ values: { store: store.kind } }] : []),
  };
}

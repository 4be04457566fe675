import { withDefaults, type Rule, type RuleOptions } from './rule.ts';

/** Options of `quota.high`. */
export interface QuotaHighOptions extends RuleOptions {
  /** The used share of the day's quota, above 0 and up to 1. @default 0.9 */
  readonly share?: number;
}

/** Most of the quota that all keys together have for the day is used. Once a day. */
export function quotaHigh(options: QuotaHighOptions): Rule {
  const { share = 0.9 } = options;
  return {
    name: 'quota.high',
    ...withDefaults(options, { severity: 'warning', forMs: 0 }),
    options: { share },
    isMutedByOutage: true,
    evaluate({ day }) {
      const budgets = day.budget.map((budget) => ({ ...budget, share: budget.used / budget.max }));
      const [fullest] = budgets.toSorted((a, b) => b.share - a.share);
      if (!fullest || !(fullest.share >= share)) return [];
      const { limit, used, max } = fullest;
      const values = { limit, used, max, share: fullest.share, resetsAtMs: day.endsAtMs };
      return [{ values, backAtMs: day.endsAtMs, onceUntilMs: day.endsAtMs }];
    },
  };
}

import { failoverRate, type FailoverRateOptions } from './failover-rate.ts';
import { keyInvalid } from './key-invalid.ts';
import { keysDegraded, type KeysDegradedOptions } from './keys-degraded.ts';
import { lastKey } from './last-key.ts';
import { operationExhausted } from './operation-exhausted.ts';
import { providerExhausted } from './provider-exhausted.ts';
import { quotaHigh, type QuotaHighOptions } from './quota-high.ts';
import type { Rule, RuleOptions } from './rule.ts';
import { sourceStale, type SourceStaleOptions } from './source-stale.ts';
import { storeAway } from './store-away.ts';

/** The options of each built-in rule. */
interface OptionsByRule {
  readonly 'provider.exhausted': RuleOptions;
  readonly 'operation.exhausted': RuleOptions;
  readonly 'last.key': RuleOptions;
  readonly 'key.invalid': RuleOptions;
  readonly 'quota.high': QuotaHighOptions;
  readonly 'source.stale': SourceStaleOptions;
  readonly 'store.away': RuleOptions;
  readonly 'keys.degraded': KeysDegradedOptions;
  readonly 'failover.rate': FailoverRateOptions;
}

/**
 * The built-in rules: `false` switches one off, `true` switches one on, and an object also changes it.
 *
 * @example
 * const rules = { 'last.key': false, 'quota.high': { share: 0.8, severity: 'critical' }, 'failover.rate': true };
 */
export type BuiltInRules = { readonly [Name in keyof OptionsByRule]?: boolean | OptionsByRule[Name] };

/** What values of an option are valid. */
export type OptionKind = 'share' | 'duration' | 'window' | 'count';

/** A built-in rule, and what it can be changed by besides the options that all rules have. */
interface BuiltInRule {
  readonly isOn: boolean;
  readonly options: Readonly<Record<string, OptionKind>>;
  readonly create: (options: RuleOptions) => Rule;
}

/** All built-in rules. The first one comes first: it mutes others. */
export const builtInRules: Readonly<Record<keyof BuiltInRules, BuiltInRule>> = {
  'provider.exhausted': { isOn: true, options: {}, create: providerExhausted },
  'operation.exhausted': { isOn: true, options: {}, create: operationExhausted },
  'last.key': { isOn: true, options: {}, create: lastKey },
  'key.invalid': { isOn: true, options: {}, create: keyInvalid },
  'quota.high': { isOn: true, options: { share: 'share' }, create: quotaHigh },
  'source.stale': { isOn: true, options: { afterMs: 'duration' }, create: sourceStale },
  'store.away': { isOn: true, options: {}, create: storeAway },
  'keys.degraded': { isOn: false, options: { share: 'share' }, create: keysDegraded },
  'failover.rate': { isOn: false, options: { count: 'count', windowMs: 'window' }, create: failoverRate },
};

/** The names of all built-in rules. */
export const builtInNames = Object.keys(builtInRules) as readonly (keyof BuiltInRules)[];

import type { BuiltInRuleName, Severity } from '../model/alert.ts';

/** The name of a key source that is a function without a name. */
export const unnamedSource = 'function';

/** What the texts of a rule are made from. Times, amounts and shares are in words. */
export interface Situation {
  /** The provider, with the name of the pool unless it is the default one. */
  readonly name: string;
  readonly rule: string;
  readonly usable: number;
  readonly total: number;
  /** Whether it is over, but no call has tried the keys since. */
  readonly isUnproven: boolean;
  /** Whether there are no keys yet, because they cannot be loaded. */
  readonly hasNoKeysYet: boolean;
  /** The labels of the keys concerned. */
  readonly labels: readonly string[];
  /** The used share of a quota. */
  readonly share: string;
  /** The name of the key source, the kind of the store, or the name of the operation. */
  readonly place: string;
  /** How often something happened, and in which time. */
  readonly count: string;
  readonly window: string;
}

/** What people read about one rule. */
export interface RulePhrases {
  readonly title: (situation: Situation) => string;
  readonly problem: (situation: Situation) => string;
  /** What the service does as long as it lasts. */
  readonly meanwhile: (situation: Situation) => string;
  /** When it ends by itself; `at` says when, if it is known: "in 5 minutes (04:00 UTC)". */
  readonly recovery: (at: string | undefined, situation: Situation) => string;
  /** What a person can do. Without it, the states of the keys say so. */
  readonly action?: (situation: Situation) => string | undefined;
  /** What is fine again. */
  readonly over: (situation: Situation) => string;
}

/** How a key is: its state, and the reason where there are several. */
export type KeyCondition =
  | 'healthy'
  | 'limited'
  | 'suspect'
  | 'recovering'
  | 'cooling'
  | 'rate-limited'
  | 'quota-exhausted'
  | 'invalid-key'
  | 'operator'
  | 'disabled';

export type HeadingName = 'about' | 'problem' | 'since' | 'meanwhile' | 'recovery' | 'action' | 'over';

/** All texts of one language. */
export interface Phrases {
  readonly headings: Readonly<Record<HeadingName, string>>;
  readonly keys: string;
  readonly dashboard: string;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly kinds: Readonly<Record<'reminder' | 'resolved' | 'digest' | 'test', string>>;
  readonly rules: Readonly<Record<BuiltInRuleName, RulePhrases>>;
  /** Of a rule of the application, which brings its own text, or none. */
  readonly ownRule: (message: string | undefined) => Pick<RulePhrases, 'title' | 'problem' | 'over'>;
  /** What a person can do about keys in this condition. */
  readonly actions: Readonly<Partial<Record<KeyCondition, string>>>;
  readonly conditions: Readonly<Record<KeyCondition, (until: string | undefined) => string>>;
  readonly lastError: (line: string) => string;
  readonly lessThanAMinute: string;
  readonly since: (start: string, duration: string) => string;
  readonly lasted: (duration: string, start: string, end: string) => string;
  readonly timeAhead: (duration: string, time: string) => string;
  readonly andMore: (title: string, others: number) => string;
  readonly someKeys: (shown: number, total: number) => string;
  readonly moreAlerts: (others: number) => string;
  readonly summary: {
    readonly title: (name: string, count: number) => string;
    readonly text: (count: number) => string;
  };
  readonly digest: { readonly title: (name: string, problems: number) => string; readonly text: string };
  readonly test: { readonly title: string; readonly text: string };
  readonly allIsWell: string;
}

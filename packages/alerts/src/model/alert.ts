import type { KeyState } from '@api-key-fallback/core';

/** How much an alert matters, from the worst. */
export type Severity = 'critical' | 'warning' | 'info';

/** The name of a rule that this package comes with. */
export type BuiltInRuleName =
  | 'provider.exhausted'
  | 'operation.exhausted'
  | 'last.key'
  | 'key.invalid'
  | 'quota.high'
  | 'source.stale'
  | 'store.away'
  | 'keys.degraded'
  | 'failover.rate';

/** The name of a rule: a built-in one, or one of your own. */
export type RuleName = BuiltInRuleName | (string & {});

/** A key that an alert is about. Never contains the key. */
export interface AlertKey {
  /** The key's fingerprint; the same in every process. */
  readonly keyId: string;
  readonly label: string;
  /** The masked key, such as `sk-…ab12`. */
  readonly masked: string;
  readonly state: KeyState;
  /** Why it is suspect, cooling or disabled: the kind of the verdict, or `operator`. */
  readonly reason?: string;
  /** When it becomes available, in ms since the epoch; absent if it is available now, or not by itself. */
  readonly availableAtMs?: number;
  /** The message of its last error in this process, as one redacted line. */
  readonly lastError?: string;
}

/** One thing that is wrong with one pool of keys. */
export interface Alert {
  /** Identifies the rule, provider, pool and key; the same in every process. */
  readonly fingerprint: string;
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly provider: string;
  readonly pool: string;
  /** The provider's name for people, for example `OpenAI`. */
  readonly displayName: string;
  readonly state: 'firing' | 'resolved';
  /** Since when it has been wrong, in ms since the epoch. */
  readonly startsAtMs: number;
  /** When it was fine again, in ms since the epoch; absent while it fires. */
  readonly endsAtMs?: number;
  /** Set at the end if no call has tried the keys since: nothing proves that they work again. */
  readonly isUnproven?: true;
  /** The keys concerned. */
  readonly keys: readonly AlertKey[];
  /** The number of keys of the pool that calls can use now. */
  readonly usable: number;
  /** The number of keys of the pool, without those that an operator has disabled. */
  readonly total: number;
  /** When it gets better by itself, in ms since the epoch; absent if that is not known. */
  readonly backAtMs?: number;
  /**
   * What the rule has measured; times are in ms since the epoch:
   *
   * - `operation.exhausted`: the name of the `operation`, as its quota bucket.
   * - `key.invalid`: `triedAgainAtMs`, unless the key is not tried again by itself.
   * - `quota.high`: the name of the `limit`, how much is `used` of at most `max`, their `share` from 0, and `resetsAtMs`.
   * - `source.stale`: the name of the `source`, and `lastSuccessAtMs`, unless it never gave a list.
   * - `store.away`: the kind of the `store`.
   * - `keys.degraded`: the `share` of the keys that are out, from 0 to 1.
   * - `failover.rate`: the `count` of calls that fell over in the last `windowMs` milliseconds.
   *
   * Absent for the other rules, and for rules of your own.
   */
  readonly values?: Readonly<Record<string, string | number>>;
  /** The text of a rule of your own. */
  readonly message?: string;
}

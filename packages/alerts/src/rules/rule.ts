import type { KeyManagerStatus } from '@api-key-fallback/core';
import type { AlertKey, RuleName, Severity } from '../model/alert.ts';
import type { KeyCounts } from './key-counts.ts';

/** Something that a rule finds wrong with a pool. */
export interface Finding {
  /** What it is about, the id of a key or the name of a quota bucket; absent if it is about the pool. */
  readonly about?: string;
  /** The keys concerned. */
  readonly keys?: readonly AlertKey[];
  readonly backAtMs?: number;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly message?: string;
  /**
   * Set if it may be over, but nothing proves it: such a finding begins no alert, but keeps one for this time in ms. Without it, each
   * cooldown that ends before the next failed call would end an alert.
   */
  readonly keepsForMs?: number;
  /** How long it must be wrong before the alert fires, in ms, if that is longer than the rule says. */
  readonly forMs?: number;
  /** Set if it is worth one message until then, in ms since the epoch. */
  readonly onceUntilMs?: number;
}

/** What a rule sees besides the status. */
export interface RuleContext {
  /** The time in ms since the epoch. */
  readonly nowMs: number;
  readonly counts: KeyCounts;
  /** The number of calls that fell over to another key, in this process and the last `windowMs` milliseconds. */
  readonly failovers: (windowMs: number) => number;
}

/** Options that all rules have. */
export interface RuleOptions {
  readonly severity?: Severity;
  /** How long it must be wrong before the alert fires, in ms. */
  readonly forMs?: number;
  /** How long it must be fine before the alert is resolved, in ms. @default 60_000 */
  readonly keepFiringMs?: number;
}

/** Finds one kind of thing that is wrong, from the status alone. */
export interface Rule extends Required<RuleOptions> {
  readonly name: RuleName;
  /** What it was made with besides the options that all rules have; absent if there is nothing else. */
  readonly options?: Readonly<Record<string, number>>;
  /** Whether it says nothing more once all keys of the pool are out. */
  readonly isMutedByOutage: boolean;
  evaluate(status: KeyManagerStatus, context: RuleContext): readonly Finding[];
}

/** Returns the options that all rules have, with the defaults of a rule for those that are not set. */
export function withDefaults(
  { severity, forMs, keepFiringMs = 60_000 }: RuleOptions,
  defaults: { readonly severity: Severity; readonly forMs: number },
): Required<RuleOptions> {
  return { severity: severity ?? defaults.severity, forMs: forMs ?? defaults.forMs, keepFiringMs };
}

/** How long keys whose cooldown is over, and that no call has tried since, keep an alert about the pool. */
export const unprovenMs = 900_000;

import type { VerdictKind } from '../base/verdict.ts';

/** What a key has been used for in one window of time. */
export interface UsageCounts {
  attempts: number;
  successes: number;
  /** Failed attempts by verdict. */
  readonly failures: Record<VerdictKind, number>;
  /** What the attempts cost at the provider, as the adapter knows it; 1 each where it says nothing. */
  quotaUnits: number;
}

/** What one key has been used for since the process started. */
export interface KeyUsage extends UsageCounts {
  /** Attempts running now. */
  inUse: number;
  /** Start of the last attempt, in ms since the epoch, at most 250 ms too early; 0 when there was none. */
  lastUsedAtMs: number;
}

/** What one process has counted in one window, as absolute totals: sending them twice counts once. */
export interface WindowCounters {
  /** The window's name, for example `total` or a date. */
  readonly window: string;
  /** When the store may forget the window, in ms since the epoch. */
  readonly expiresAtMs: number;
  /** Key id → totals of this process, in an order that only ever grows. */
  readonly totals: ReadonlyMap<string, readonly number[]>;
}

/** The counts of one key as they are stored: numbers in an order that may only grow at its end. */
export type Totals = readonly number[];

/** Counts of a key that has not been used. */
export function noUsage(): UsageCounts {
  return {
    attempts: 0,
    successes: 0,
    failures: { transient: 0, 'rate-limited': 0, 'quota-exhausted': 0, 'invalid-key': 0, 'caller-error': 0 },
    quotaUnits: 0,
  };
}

/** Counts in the order in which they are stored. */
export function toTotals({ attempts, successes, failures, quotaUnits }: UsageCounts): Totals {
  return [
    attempts,
    successes,
    failures.transient,
    failures['rate-limited'],
    failures['quota-exhausted'],
    failures['invalid-key'],
    failures['caller-error'],
    quotaUnits,
  ];
}

/** The totals of a key that has not been used. */
export const noTotals: Totals = toTotals(noUsage());

/** Stored totals as named counts; a missing number is 0. */
export function toCounts(totals: Totals): UsageCounts {
  const [attempts = 0, successes = 0, transient = 0, limited = 0, exhausted = 0, invalid = 0, caller = 0, units = 0] =
    totals;
  return {
    attempts,
    successes,
    failures: {
      transient,
      'rate-limited': limited,
      'quota-exhausted': exhausted,
      'invalid-key': invalid,
      'caller-error': caller,
    },
    quotaUnits: units,
  };
}

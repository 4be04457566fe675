import type { TokenCounts } from '../base/token-usage.ts';
import type { VerdictKind } from '../base/verdict.ts';

/** Counts of how a key was used in one window of time. */
export interface UsageCounts {
  /** Attempts started. */
  attempts: number;
  /** Attempts that succeeded. */
  successes: number;
  /** Failed attempts by verdict. */
  readonly failures: Record<VerdictKind, number>;
  /** The cost of the attempts in quota units, from the adapter's `unitsOf`; 1 for each attempt without it. */
  quotaUnits: number;
  /** Tokens of the attempts that have ended: as the answers or `spent()` state them, else as `cost` has estimated them. */
  tokens: number;
  /**
   * Tokens of prompts, also those that come from a cache, as the answers or `spent()` state them. Estimates, and answers that state only how
   * many there are in all, count only in `tokens`.
   */
  inputTokens: number;
  /** The same of outputs, also those of reasoning. */
  outputTokens: number;
}

/** How one key was used since the process started. */
export interface KeyUsage extends UsageCounts {
  /** The number of attempts that run now. One that shows no sign of life for 10 to 30 minutes stops counting. */
  inUse: number;
  /** The start of the last attempt, in ms since the epoch; 0 when there was none. */
  lastUsedAtMs: number;
}

/** The counters of one process in one window. Totals are absolute, so a request that arrives twice counts once. */
export interface WindowCounters {
  /** The window's name, such as `total`, `2026-11-22`, `10s-179602560` or `processes-29933760`. */
  readonly window: string;
  /** When the store may forget the window, in ms since the epoch. */
  readonly expiresAtMs: number;
  /** Id of a key, of a bucket of a key, or `process` → totals. New versions of the library may append numbers to the list. */
  readonly totals: ReadonlyMap<string, readonly number[]>;
}

/** The counts of one key as they are stored. The order is fixed; new counts are appended. */
export type Totals = readonly number[];

/** The counts of an unused key. */
export function noUsage(): UsageCounts {
  return {
    attempts: 0,
    successes: 0,
    failures: { transient: 0, 'rate-limited': 0, 'quota-exhausted': 0, 'invalid-key': 0, 'caller-error': 0 },
    quotaUnits: 0,
    tokens: 0,
    inputTokens: 0,
    outputTokens: 0,
  };
}

/** Adds the counts of another manager's key. The attempts that run there stay there. */
export function addUsage(usage: KeyUsage, more: UsageCounts, lastUsedAtMs: number): void {
  usage.attempts += more.attempts;
  usage.successes += more.successes;
  usage.quotaUnits += more.quotaUnits;
  addTokens(usage, more);
  usage.lastUsedAtMs = Math.max(usage.lastUsedAtMs, lastUsedAtMs);
  for (const kind of Object.keys(usage.failures) as VerdictKind[]) usage.failures[kind] += more.failures[kind];
}

/** Adds tokens, or corrects them by a difference. */
export function addTokens(usage: UsageCounts, { tokens, inputTokens, outputTokens }: TokenCounts): void {
  usage.tokens += tokens;
  usage.inputTokens += inputTokens;
  usage.outputTokens += outputTokens;
}

/** Converts counts to the stored order. */
export function toTotals(counts: UsageCounts): Totals {
  const { attempts, successes, failures, quotaUnits, tokens, inputTokens, outputTokens } = counts;
  return [
    attempts,
    successes,
    failures.transient,
    failures['rate-limited'],
    failures['quota-exhausted'],
    failures['invalid-key'],
    failures['caller-error'],
    quotaUnits,
    tokens,
    inputTokens,
    outputTokens,
  ];
}

/** What limits count: its name in the usage, and its place in the stored order. */
export const counted = {
  requests: { name: 'attempts', index: 0 },
  units: { name: 'quotaUnits', index: 7 },
  tokens: { name: 'tokens', index: 8 },
} as const;

/** The stored totals of an unused key. */
export const noTotals: Totals = toTotals(noUsage());

/** What has been counted since `before`. */
export function difference(now: Totals, before: Totals): Totals {
  return now.map((value, index) => value - (before[index] ?? 0));
}

/** What a manager had counted on a key when another one took it over. */
export interface HandedOver {
  readonly all: Totals;
  readonly day: string;
  readonly ofToday: Totals;
}

/** Whether a value from a store is a possible total. */
export function isTotal(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Converts stored totals to named counts. A missing number is 0. */
export function toCounts(totals: Totals): UsageCounts {
  const [
    attempts = 0,
    successes = 0,
    transient = 0,
    limited = 0,
    exhausted = 0,
    invalid = 0,
    caller = 0,
    units = 0,
    tokens = 0,
    inputTokens = 0,
    outputTokens = 0,
  ] = totals;
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
    tokens,
    inputTokens,
    outputTokens,
  };
}

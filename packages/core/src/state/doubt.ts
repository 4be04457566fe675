const firstSuspicionMs = 30_000;
const longestSuspicionMs = 600_000;
const firstRestMs = 500;
const shortestRestMs = 250;
const longestRestMs = 3_600_000;

/** What a process guesses about a key. Guesses only demote the key; times are in ms since the epoch, 0 for none. */
export interface Doubt {
  /** Suspect until then: other keys are preferred. Past: one call tries the key before it counts as healthy. */
  readonly suspectUntilMs: number;
  /** How long the last suspicion was. */
  readonly suspicionMs: number;
  /** When a success last ended a suspicion. */
  readonly recoveredAtMs: number;
  /** Other keys are preferred until then, as a limit of this one is used up; no doubt remains after it. */
  readonly demotedUntilMs: number;
  /** Out until then, after a refusal that stated no wait. */
  readonly restUntilMs: number;
  /** When the rest began. */
  readonly restSinceMs: number;
  /** Refusals without a stated wait in a row. */
  readonly restLevel: number;
}

/** Nothing speaks against the key. */
export const noDoubt: Doubt = Object.freeze({
  suspectUntilMs: 0,
  suspicionMs: 0,
  recoveredAtMs: 0,
  demotedUntilMs: 0,
  restUntilMs: 0,
  restSinceMs: 0,
  restLevel: 0,
});

/** A limit is used up until then. */
export function demote(doubt: Doubt, untilMs: number): Doubt {
  return { ...doubt, demotedUntilMs: Math.max(doubt.demotedUntilMs, untilMs) };
}

/**
 * A streak of failures: 30 s, twice as long each time when the key fails its probe or soon after it has recovered, at most
 * 10 min. No longer while the key is suspect: it is used for want of a better one, and must still come to its probe.
 */
export function suspectAgain(doubt: Doubt, now: number): Doubt {
  const { suspectUntilMs, suspicionMs, recoveredAtMs } = doubt;
  if (suspectUntilMs > now) return doubt;
  const goesOn = suspectUntilMs > 0 || (recoveredAtMs > 0 && now - recoveredAtMs < suspicionMs);
  const ms = goesOn ? Math.min(2 * suspicionMs, longestSuspicionMs) : firstSuspicionMs;
  return { ...doubt, suspectUntilMs: now + ms, suspicionMs: ms };
}

/**
 * A refusal that states no wait: out for the shorter of a ladder (500 ms, doubling to 1 h) and the time until the key's own
 * history has room again.
 */
export function rest(doubt: Doubt, now: number, historyMs: number): Doubt {
  const ladderMs = Math.min(firstRestMs * 2 ** doubt.restLevel, longestRestMs);
  const restMs = Math.min(ladderMs, Math.max(historyMs, shortestRestMs));
  return { ...doubt, restUntilMs: now + restMs, restSinceMs: now, restLevel: doubt.restLevel + 1, suspectUntilMs: 0 };
}

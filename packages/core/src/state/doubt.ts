const firstSuspicionMs = 30_000;
const longestSuspicionMs = 600_000;
const firstRestMs = 500;
const shortestRestMs = 250;
const longestRestMs = 3_600_000;

/** What a process guesses about a key, not shared with other processes. Times are in ms since the epoch; 0 for none. */
export interface Doubt {
  /** Until then the key is suspect: other keys are preferred. After it, one call probes the key. */
  readonly suspectUntilMs: number;
  /** The length of the last suspicion, in ms. */
  readonly suspicionMs: number;
  /** When a success ended the last suspicion. */
  readonly recoveredAtMs: number;
  /** Until then the key rests, after a refusal without a stated wait: it is used only if no other key is left. */
  readonly restUntilMs: number;
  /** When the rest started. */
  readonly restSinceMs: number;
  /** The number of refusals without a stated wait, in a row. */
  readonly restLevel: number;
}

/** No guesses about the key. */
export const noDoubt: Doubt = Object.freeze({
  suspectUntilMs: 0,
  suspicionMs: 0,
  recoveredAtMs: 0,
  restUntilMs: 0,
  restSinceMs: 0,
  restLevel: 0,
});

/**
 * Makes the key suspect for 30 s after a streak of failures. The time doubles, up to 10 min, if the key fails its probe or fails
 * again soon after it has recovered. While the key is suspect, more failures do not extend the time, so that its probe comes.
 */
export function suspectAgain(doubt: Doubt, now: number): Doubt {
  const { suspectUntilMs, suspicionMs, recoveredAtMs } = doubt;
  if (suspectUntilMs > now) return doubt;
  const goesOn = suspectUntilMs > 0 || (recoveredAtMs > 0 && now - recoveredAtMs < suspicionMs);
  const ms = goesOn ? Math.min(2 * suspicionMs, longestSuspicionMs) : firstSuspicionMs;
  return { ...doubt, suspectUntilMs: now + ms, suspicionMs: ms };
}

/**
 * Lets the key rest after a refusal without a stated wait: for 500 ms, doubling up to 1 h, but not beyond the time `historyMs` at
 * which the key's own requests leave room again (at least 250 ms).
 */
export function rest(doubt: Doubt, now: number, historyMs: number): Doubt {
  const backoffMs = Math.min(firstRestMs * 2 ** doubt.restLevel, longestRestMs);
  const restMs = Math.min(backoffMs, Math.max(historyMs, shortestRestMs));
  return { ...doubt, restUntilMs: now + restMs, restSinceMs: now, restLevel: doubt.restLevel + 1, suspectUntilMs: 0 };
}

const toleranceMs = 10;

/**
 * Rounds a time down to a whole second, so that what is shown of it does not change all the time. Times that are computed from what is
 * left vary by a millisecond, so just before a second counts as that second.
 */
export function wholeSecond(atMs: number): number {
  return Math.floor((atMs + toleranceMs) / 1000) * 1000;
}

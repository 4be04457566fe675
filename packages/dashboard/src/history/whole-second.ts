const toleranceMs = 10;

/**
 * Rounds a time down to a whole second, so that documents do not change all the time. Times that are computed from a remaining
 * duration vary by a few ms, so a time just before a second counts as that second.
 */
export function wholeSecond(atMs: number): number {
  return Math.floor((atMs + toleranceMs) / 1000) * 1000;
}

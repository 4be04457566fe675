const firstPauseMs = 2000;
const growth = 5;
const longestPauseMs = 3_600_000;

/**
 * How long to wait after a number of failed tries: about 2, 10, 50 and 250 s, so that five tries outlast a restart of the receiver.
 * Up to half of it is left to chance, so that many processes do not come back together. A longer wait that the receiver demands is kept,
 * up to an hour.
 */
export function retryPauseMs(failures: number, demandedMs: number | undefined, chance: number): number {
  const pauseMs = firstPauseMs * growth ** (failures - 1) * (0.5 + chance / 2);
  return Math.max(pauseMs, Math.min(demandedMs ?? 0, longestPauseMs));
}

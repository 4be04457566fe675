/** Up to this part of a limit, each process uses what it needs. */
const freePart = 0.8;

/** The processes that share a store, and with it the limits of their keys. */
export interface Sharing {
  /** Their number, this one included. */
  readonly processes: number;
  /** The number of times that this process has read what the others have used. */
  readonly answers: number;
  /** Whether the last reading is too old to rely on: the store is slow or away, or this process has made no calls. */
  readonly isStale: boolean;
}

/**
 * How much more of a limit this process may use. The last fifth is divided by the processes, because each of them learns only after
 * a moment what the others have used; after a stale reading, all of it is. Each may begin one attempt in what is left.
 *
 * `used` is what all of them have used, and `ownSince` the part of it that this process has used since it last read of the others.
 */
export function allowanceLeft(limit: number, used: number, ownSince: number, { processes, isStale }: Sharing): number {
  const left = limit - used;
  if (processes === 1 || left <= 0 || ownSince === 0) return left;
  const usedBefore = used - ownSince;
  const free = isStale ? usedBefore : Math.max(usedBefore, Math.floor(freePart * limit));
  return free + Math.floor(Math.max(0, limit - free) / processes) - used;
}

import type { Draw } from '../limits/draw.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';

/** The part of a pool that is searched. */
interface Keys {
  readonly keys: readonly PooledKey[];
  readonly clock: SharedClock;
  readonly limits: PoolLimits;
  isUsable(key: PooledKey, draw: Draw): boolean;
}

function never(_key: PooledKey): boolean {
  return false;
}

/** Finds when the first key is available again. Keeps the last result, because all waiting calls need it at the same moment. */
export class SoonestRecovery {
  #last:
    | { readonly bucket: string; readonly now: number; readonly revision: number; readonly ms: number | undefined }
    | undefined;

  /**
   * The time in ms until the first key is available for an attempt; `undefined` if none becomes available by itself. Of a key that
   * `isUsedUp`, the end of a cooldown counts, and room does not.
   */
  find(pool: Keys, draw: Draw, revision: number, isUsedUp: (key: PooledKey) => boolean = never): number | undefined {
    const { limits, clock } = pool;
    const now = clock.now();
    // What is left of limits changes with each attempt, and a pinned call waits for its own key.
    if (limits.isActive || draw.only) return soonestOf(pool, draw, isUsedUp);
    const { bucket } = draw;
    const last = this.#last;
    if (last?.bucket === bucket && last.now === now && last.revision === revision) return last.ms;
    const ms = soonestOf(pool, draw, isUsedUp);
    this.#last = { bucket, now, revision, ms };
    return ms;
  }

  /** Forgets the last result, because the keys have changed. */
  clear(): void {
    this.#last = undefined;
  }
}

function soonestOf(pool: Keys, draw: Draw, isUsedUp: (key: PooledKey) => boolean): number | undefined {
  let soonest = Infinity;
  const { only } = draw;
  // A pinned key can have left the list.
  const keys = only ? pool.keys.slice(only.index, only.index + 1) : pool.keys;
  for (const key of keys) soonest = Math.min(soonest, backInMs(pool, key, draw, isUsedUp));
  return soonest === Infinity ? undefined : soonest;
}

/** The key that can be used first, of those that `mayTry` allows, and the time in ms until then; 0 for now. */
export function soonestAvailable(
  pool: Keys,
  draw: Draw,
  mayTry: (key: PooledKey) => boolean,
): { readonly key: PooledKey; readonly waitMs: number } | undefined {
  let soonest: { readonly key: PooledKey; readonly waitMs: number } | undefined;
  for (const key of pool.keys) {
    const waitMs = pool.isUsable(key, draw) ? 0 : backInMs(pool, key, draw);
    if (waitMs < (soonest?.waitMs ?? Infinity) && mayTry(key)) soonest = { key, waitMs };
  }
  return soonest;
}

function backInMs(
  { limits, clock }: Keys,
  key: PooledKey,
  draw: Draw,
  isUsedUp: (key: PooledKey) => boolean = never,
): number {
  const { bucket, only } = draw;
  const now = clock.now();
  if ((only && key !== only) || !key.comesBack(bucket, now)) return Infinity;
  const availableAtMs = key.availableAtMs(bucket, now);
  if (!limits.isActive) return (availableAtMs ?? Infinity) - now;
  const roomInMs = limits.roomInMs(key, draw, now);
  if (availableAtMs === undefined && (roomInMs === 0 || isUsedUp(key))) return Infinity;
  return Math.max((availableAtMs ?? now) - now, roomInMs);
}

/** Of the keys that are out by a guess alone the one that has rested longest, among those that a call may ask. */
export function longestRested(
  { keys, clock }: Keys,
  bucket: string,
  mayTry: (key: PooledKey) => boolean,
): PooledKey | undefined {
  const now = clock.now();
  const restedSince = ({ health }: PooledKey) => health.view.doubt.restSinceMs;
  return keys
    .filter((key) => key.isOutByGuess(bucket, now) && mayTry(key))
    .reduce((longest: PooledKey | undefined, key) => {
      return longest && restedSince(longest) <= restedSince(key) ? longest : key;
    }, undefined);
}

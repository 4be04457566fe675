import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';

/** The part of a pool that is searched. */
interface Keys {
  readonly keys: readonly PooledKey[];
  readonly clock: SharedClock;
  isUsable(key: PooledKey, bucket: string): boolean;
}

/** Finds when the first key is available again. Keeps the last result, because all waiting calls need it at the same moment. */
export class SoonestRecovery {
  #last:
    | { readonly bucket: string; readonly now: number; readonly revision: number; readonly ms: number | undefined }
    | undefined;

  /** The time in ms until the first key is available in this bucket; `undefined` if none becomes available by itself. */
  find(keys: readonly PooledKey[], bucket: string, now: number, revision: number): number | undefined {
    const last = this.#last;
    if (last?.bucket === bucket && last.now === now && last.revision === revision) return last.ms;
    const ms = soonestRecoveryMs(keys, bucket, now);
    this.#last = { bucket, now, revision, ms };
    return ms;
  }

  /** Forgets the last result, because the keys have changed. */
  clear(): void {
    this.#last = undefined;
  }
}

function soonestRecoveryMs(keys: readonly PooledKey[], bucket: string, now: number): number | undefined {
  const times = keys
    .filter((key) => key.comesBack(bucket, now))
    .map((key) => key.availableAtMs(bucket, now))
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times) - now;
}

/** The key that can be used first, of those that `mayTry` allows, and the time in ms until then; 0 for now. */
export function soonestAvailable(
  pool: Keys,
  bucket: string,
  mayTry: (key: PooledKey) => boolean,
): { readonly key: PooledKey; readonly waitMs: number } | undefined {
  let soonest: { readonly key: PooledKey; readonly waitMs: number } | undefined;
  for (const key of pool.keys) {
    const waitMs = pool.isUsable(key, bucket) ? 0 : backInMs(key, bucket, pool.clock.now());
    if (waitMs < (soonest?.waitMs ?? Infinity) && mayTry(key)) soonest = { key, waitMs };
  }
  return soonest;
}

function backInMs(key: PooledKey, bucket: string, now: number): number {
  return key.comesBack(bucket, now) ? (key.availableAtMs(bucket, now) ?? Infinity) - now : Infinity;
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

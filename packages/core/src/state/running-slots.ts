import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';

/** How long an attempt keeps its slot without a sign of life, in ms. Periods end when a call starts, so it can be up to three times as long. */
const leaseMs = 600_000;

/** An attempt that holds a slot. */
export interface SlotHolder {
  readonly key: PooledKey;
  /** The period in which it started, or in which its stream last showed a sign of life. */
  slotPeriod: number;
  /** Whether its stream has shown a sign of life in the current period. */
  isRenewed: boolean;
}

/**
 * Counts the running attempts of each key (`usage.inUse`). An attempt that never ends loses its slot.
 *
 * Time is cut into periods of one lease. What still runs from one period is out at the end of the next. So each key needs one more
 * count, and an attempt needs neither a timer nor a place in a list.
 */
export class RunningSlots {
  readonly #onExpired: (key: PooledKey) => void;
  #ring: KeyRing;
  #period = 0;
  #endsAtMs = 0;
  /** The number of slots that were taken in the period before this one. */
  readonly #earlier = new Map<PooledKey, number>();
  /** The streams with a sign of life in this period. */
  readonly #renewed = new Set<SlotHolder>();

  /** `onExpired` is called for each key that has lost slots. */
  constructor(ring: KeyRing, onExpired: (key: PooledKey) => void) {
    this.#ring = ring;
    this.#onExpired = onExpired;
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    const kept = new Set(ring.keys);
    for (const key of this.#earlier.keys()) if (!kept.has(key)) this.#earlier.delete(key);
  }

  take(holder: SlotHolder, now: number): void {
    this.expire(now);
    holder.slotPeriod = this.#period;
    holder.key.usage.inUse++;
  }

  /** Renews the slot of a stream, also one that has expired. Call it for each chunk while `isRenewed` is `false`. */
  renew(holder: SlotHolder): void {
    if (!this.#isTaken(holder)) holder.key.usage.inUse++;
    else if (holder.slotPeriod !== this.#period) this.#leaveEarlier(holder);
    holder.slotPeriod = this.#period;
    holder.isRenewed = true;
    this.#renewed.add(holder);
  }

  /** Gives the slot back, unless it has expired. */
  release(holder: SlotHolder): void {
    if (holder.isRenewed) this.#renewed.delete(holder);
    if (!this.#isTaken(holder)) return;
    if (holder.slotPeriod !== this.#period) this.#leaveEarlier(holder);
    holder.key.usage.inUse--;
  }

  /** Takes back the slots whose lease is over. `now` is in shared time, in ms since the epoch. */
  expire(now: number): void {
    if (now < this.#endsAtMs) return;
    // After a quiet time, only the streams that went on during it are left.
    const wasQuiet = now >= this.#endsAtMs + leaseMs;
    this.#endsAtMs = now + leaseMs;
    this.#period += wasQuiet ? 2 : 1;
    const left = wasQuiet ? countByKey(this.#renewed) : undefined;
    for (const holder of this.#renewed) {
      holder.slotPeriod = this.#period - 1;
      holder.isRenewed = false;
    }
    this.#renewed.clear();
    for (const key of this.#ring.keys)
      this.#keep(key, left ? (left.get(key) ?? 0) : key.usage.inUse - this.#earlierOf(key));
  }

  #keep(key: PooledKey, inUse: number): void {
    this.#earlier.set(key, inUse);
    if (inUse === key.usage.inUse) return;
    key.usage.inUse = inUse;
    this.#onExpired(key);
  }

  #isTaken({ slotPeriod }: SlotHolder): boolean {
    return slotPeriod >= this.#period - 1;
  }

  #leaveEarlier({ key }: SlotHolder): void {
    this.#earlier.set(key, this.#earlierOf(key) - 1);
  }

  #earlierOf(key: PooledKey): number {
    return this.#earlier.get(key) ?? 0;
  }
}

function countByKey(holders: Iterable<SlotHolder>): Map<PooledKey, number> {
  const counts = new Map<PooledKey, number>();
  for (const { key } of holders) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

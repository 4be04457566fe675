import type { PooledKey } from './pooled-key.ts';

/** How long an attempt keeps its slot without a sign of life, in ms. Checked once a minute, when a call starts. */
const leaseMs = 600_000;
const sweepMs = 60_000;

/** An attempt that holds a slot. */
export interface SlotHolder {
  readonly key: PooledKey;
  /** When it started, or when a sweep last found a sign of life, by the steady clock in ms. */
  aliveAtMs: number;
  /** Whether its stream has shown a sign of life since the last sweep. */
  isRenewed: boolean;
  /** Where it counts as running, besides its key: what has limits. */
  readonly counted: readonly { running: number }[] | undefined;
  /** Whether it has a slot now. */
  holdsSlot: boolean;
  /** The holders before and after it. */
  previous: SlotHolder | undefined;
  next: SlotHolder | undefined;
}

/**
 * Counts the running attempts of each key (`usage.inUse`), and of what has limits. An attempt that never ends loses its slot.
 *
 * The holders are a linked list: a `Set` of them made every call 15 % slower.
 */
export class RunningSlots {
  readonly #onChange: (key: PooledKey) => void;
  #first: SlotHolder | undefined;
  #last: SlotHolder | undefined;
  #nextSweepMs = 0;

  /** `onChange` is called for the key of each slot that has expired, or that is taken again after that. */
  constructor(onChange: (key: PooledKey) => void) {
    this.#onChange = onChange;
  }

  take(holder: SlotHolder, now: number): void {
    this.expire(now);
    holder.aliveAtMs = now;
    this.#add(holder);
  }

  /** Renews the slot of a stream, also one that has expired. Call it for each chunk while `isRenewed` is `false`. */
  renew(holder: SlotHolder): void {
    holder.isRenewed = true;
    if (holder.holdsSlot) return;
    this.#add(holder);
    this.#onChange(holder.key);
  }

  /** Releases the slot, unless it has expired. */
  release(holder: SlotHolder): void {
    if (!holder.holdsSlot) return;
    const { previous, next } = holder;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    holder.previous = holder.next = undefined;
    holder.holdsSlot = false;
    holder.key.usage.inUse--;
    if (holder.counted) for (const counts of holder.counted) counts.running--;
  }

  /** Releases the slots whose lease is over. `now` is by the steady clock in ms: answers of a store move shared time. */
  expire(now: number): void {
    if (now < this.#nextSweepMs) return;
    this.#nextSweepMs = now + sweepMs;
    let next: SlotHolder | undefined;
    for (let holder = this.#first; holder; holder = next) {
      ({ next } = holder);
      if (holder.isRenewed) holder.aliveAtMs = now;
      holder.isRenewed = false;
      if (now - holder.aliveAtMs < leaseMs) continue;
      this.release(holder);
      this.#onChange(holder.key);
    }
  }

  #add(holder: SlotHolder): void {
    holder.previous = this.#last;
    if (this.#last) this.#last.next = holder;
    else this.#first = holder;
    this.#last = holder;
    holder.holdsSlot = true;
    holder.key.usage.inUse++;
    if (holder.counted) for (const counts of holder.counted) counts.running++;
  }
}

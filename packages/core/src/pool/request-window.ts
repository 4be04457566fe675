const slotMs = 1000;
/** The running second and 60 whole ones: no request of the last minute is missed, whatever its place in its second. */
const slots = 61;
/** A provider's window of a minute may or may not have let go of these. */
const uncertainSlots = 3;

/** The counts of a key's window when a request began. */
export interface RequestMark {
  /** The number of requests that began before, in the whole pool. */
  readonly sequence: number;
  readonly slot: number;
  readonly startedAtMs: number;
  /** Requests of the last minute, this one among them. */
  readonly count: number;
  /** As `count`, without those that the provider's window may have let go. */
  readonly sureCount: number;
  /** Requests of the running and the last second. */
  readonly recentCount: number;
}

/** Counts the requests that began on a key in the last minute, by the second. Times are in ms. */
export class RequestWindow {
  readonly #counts = new Uint32Array(slots);
  #latest = 0;
  #total = 0;

  /** Counts a request that begins; `sequence` is its number among all requests of the pool. */
  add(now: number, sequence: number): RequestMark {
    this.#moveTo(now);
    this.#counts[this.#latest % slots]!++;
    this.#total++;
    const { sureCount, recentCount } = this;
    return { sequence, slot: this.#latest, startedAtMs: now, count: this.#total, sureCount, recentCount };
  }

  /** Takes a refused request back: it used nothing of the limit. */
  takeBack({ slot }: RequestMark, now: number): void {
    this.#moveTo(now);
    if (this.#latest - slot >= slots || this.#counts[slot % slots] === 0) return;
    this.#counts[slot % slots]!--;
    this.#total--;
  }

  /** Requests of the last minute. */
  count(now: number): number {
    this.#moveTo(now);
    return this.#total;
  }

  /** Requests that the provider's window cannot have let go yet, as of the last look. */
  get sureCount(): number {
    let old = 0;
    for (let back = 0; back < uncertainSlots; back++) old += this.#at(this.#latest - slots + 1 + back);
    return this.#total - old;
  }

  /** Requests of the running and the last second, as of the last look. */
  get recentCount(): number {
    return this.#at(this.#latest) + this.#at(this.#latest - 1);
  }

  /** The time until the oldest request leaves the window; `Infinity` when there is none. */
  roomInMs(now: number): number {
    this.#moveTo(now);
    for (let slot = this.#latest - slots + 1; slot <= this.#latest; slot++) {
      if (this.#at(slot) > 0) return (slot + slots) * slotMs - now;
    }
    return Infinity;
  }

  #at(slot: number): number {
    return slot < 0 ? 0 : (this.#counts[slot % slots] ?? 0);
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / slotMs);
    if (slot <= this.#latest) return;
    for (let next = Math.max(this.#latest + 1, slot - slots + 1); next <= slot; next++) {
      this.#total -= this.#at(next);
      this.#counts[next % slots] = 0;
    }
    this.#latest = slot;
  }
}

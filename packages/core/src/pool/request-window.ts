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
}

/** One second that had requests. Seconds form a queue: a key that is used now and then takes little memory. */
interface Second {
  readonly slot: number;
  count: number;
  previous: Second | undefined;
  next: Second | undefined;
}

/** Counts the requests that began on a key in the last minute, by the second. Times are in ms. */
export class RequestWindow {
  #oldest: Second | undefined;
  #latest: Second | undefined;
  #slot = 0;
  #total = 0;

  /** Counts a request that begins; `sequence` is its number among all requests of the pool. */
  add(now: number, sequence: number): RequestMark {
    this.#moveTo(now);
    this.#secondOfNow().count++;
    this.#total++;
    return { sequence, slot: this.#slot, startedAtMs: now, count: this.#total, sureCount: this.sureCount };
  }

  /** Takes a refused request back: it used nothing of the limit. */
  takeBack({ slot }: RequestMark, now: number): void {
    this.#moveTo(now);
    let second = this.#oldest;
    while (second && second.slot !== slot) second = second.next;
    if (!second || second.count === 0) return;
    second.count--;
    this.#total--;
  }

  /** Requests of the last minute. */
  count(now: number): number {
    this.#moveTo(now);
    return this.#total;
  }

  /** Requests that the provider's window cannot have let go yet, as of the last look. */
  get sureCount(): number {
    const sureFrom = this.#slot - slots + 1 + uncertainSlots;
    let sure = this.#total;
    for (let second = this.#oldest; second && second.slot < sureFrom; second = second.next) sure -= second.count;
    return sure;
  }

  /** The time until the oldest request leaves the window; `Infinity` when there is none. */
  roomInMs(now: number): number {
    this.#moveTo(now);
    let second = this.#oldest;
    while (second?.count === 0) second = second.next;
    return second ? (second.slot + slots) * slotMs - now : Infinity;
  }

  #secondOfNow(): Second {
    const previous = this.#latest;
    if (previous?.slot === this.#slot) return previous;
    this.#latest = { slot: this.#slot, count: 0, previous, next: undefined };
    if (previous) previous.next = this.#latest;
    else this.#oldest = this.#latest;
    return this.#latest;
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / slotMs);
    if (slot <= this.#slot) return;
    this.#slot = slot;
    while (this.#oldest && this.#oldest.slot <= slot - slots) this.#dropOldest(this.#oldest);
  }

  #dropOldest({ count, next }: Second): void {
    this.#total -= count;
    this.#oldest = next;
    if (next) next.previous = undefined;
    else this.#latest = undefined;
  }
}

const slotMs = 1000;
/** The current second and 60 whole ones, so that no request of the last minute is missed. */
const slots = 61;
/** The oldest slots: a provider's own window of a minute may no longer count their requests. */
const uncertainSlots = 3;

/** Peaks are kept by spans of five minutes: of the current one and the two before it. */
const [secondsPerSpan, keptSpans] = [300, 3];

/** How many requests a key gets. */
export interface RequestRate {
  /** The requests of the last minute. */
  readonly lastMinute: number;
  /** The highest that this has been in the last 10 to 15 minutes. */
  readonly peak: number;
}

/** The counts of a key's window at the start of a request. */
export interface RequestMark {
  /** The number of the request among all requests of the process, from 1. */
  readonly sequence: number;
  readonly slot: number;
  readonly startedAtMs: number;
  /** The requests of the last minute, including this one. */
  readonly count: number;
  /** `count` without the requests that the provider may no longer count. */
  readonly sureCount: number;
}

/** One second with requests. A linked list takes little memory for a key that is rarely used. */
interface Second {
  readonly slot: number;
  count: number;
  next: Second | undefined;
}

/** Counts the requests that started on a key in the last minute, by second. Times are in ms. */
export class RequestWindow {
  #oldest: Second | undefined;
  #latest: Second | undefined;
  #slot = 0;
  #total = 0;
  /** The current span, the highest total in it, and those in the two before it. */
  #span = 0;
  #peak = 0;
  #lastPeak = 0;
  #earlierPeak = 0;

  /** Counts a request that starts; `sequence` is its number among all requests of the process. */
  add(now: number, sequence: number): RequestMark {
    this.#moveTo(now);
    this.#secondOfNow().count++;
    if (++this.#total > this.#peak) this.#peak = this.#total;
    return { sequence, slot: this.#slot, startedAtMs: now, count: this.#total, sureCount: this.sureCount };
  }

  /** Removes a refused request, because it used nothing of the limit. */
  takeBack({ slot }: RequestMark, now: number): void {
    this.#moveTo(now);
    let second = this.#oldest;
    while (second && second.slot !== slot) second = second.next;
    if (!second || second.count === 0) return;
    second.count--;
    this.#total--;
  }

  /** The requests of the last minute. */
  count(now: number): number {
    this.#moveTo(now);
    return this.#total;
  }

  rate(now: number): RequestRate {
    const lastMinute = this.count(now);
    return { lastMinute, peak: Math.max(this.#peak, this.#lastPeak, this.#earlierPeak) };
  }

  /** The requests that the provider certainly still counts, as of the last `add()` or `count()`. */
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
    this.#latest = { slot: this.#slot, count: 0, next: undefined };
    if (previous) previous.next = this.#latest;
    else this.#oldest = this.#latest;
    return this.#latest;
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / slotMs);
    if (slot <= this.#slot) return;
    this.#slot = slot;
    while (this.#oldest && this.#oldest.slot <= slot - slots) this.#dropOldest(this.#oldest);
    this.#moveSpan(Math.floor(slot / secondsPerSpan));
  }

  #moveSpan(span: number): void {
    for (let left = Math.min(span - this.#span, keptSpans); left > 0; left--) {
      this.#earlierPeak = this.#lastPeak;
      this.#lastPeak = this.#peak;
      this.#peak = 0;
    }
    this.#peak = Math.max(this.#peak, this.#total);
    this.#span = span;
  }

  #dropOldest({ count, next }: Second): void {
    this.#total -= count;
    this.#oldest = next;
    if (!next) this.#latest = undefined;
  }
}

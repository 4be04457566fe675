import type { Counts, LimitTime } from './counts.ts';
import { meaningOf, type LimitName, type Limits, type Measure } from '../provider/key-limits.ts';
import type { Amounts } from './limit-options.ts';

/** How much of a limit is used now. */
export interface LimitUse {
  readonly name: LimitName;
  readonly limit: number;
  readonly used: number;
  /** The time in ms until it has room for one more, or is used less; absent for a number of running attempts. */
  readonly resetsInMs?: number;
}

const minuteMs = 60_000;
/** The time until a running attempt ends is not known. Those who wait are woken when it does. */
export const untilOneEndsMs = 1;

interface Quota {
  readonly name: LimitName;
  readonly limit: number;
  readonly measure: Measure;
  readonly span: 'minute' | 'day';
}

/** What counts against a limit besides the `Counts`: other processes, and attempts that show no sign of life. */
export interface OtherCounts {
  readonly ofDay?: (measure: Measure) => number;
  readonly running?: () => number;
}

/** The limits of a key, a group or a bucket, and what is counted against them. */
export class Meters {
  readonly counts: Counts;
  readonly #quotas: readonly Quota[];
  readonly #concurrency: number | undefined;
  readonly #others: OtherCounts;

  constructor({ concurrency, ...limits }: Limits, counts: Counts, others: OtherCounts = {}) {
    this.counts = counts;
    this.#concurrency = concurrency;
    this.#others = others;
    this.#quotas = (Object.entries(limits) as [LimitName, number | undefined][]).flatMap(([name, limit]) => {
      const meaning = meaningOf[name];
      return limit === undefined || !meaning ? [] : [{ name, limit, ...meaning }];
    });
    for (const { measure, span } of this.#quotas) if (span === 'minute') counts.minute(measure);
  }

  /** The time in ms until an attempt has room; 0 for now. */
  roomInMs(amounts: Amounts, time: LimitTime): number {
    const running = this.#running() + this.counts.reserved.requests + amounts.requests;
    let roomInMs = this.#concurrency !== undefined && running > this.#concurrency ? untilOneEndsMs : 0;
    for (const quota of this.#quotas) roomInMs = Math.max(roomInMs, this.#roomInMs(quota, amounts, time));
    return roomInMs;
  }

  /** How much of each limit is used. */
  uses(time: LimitTime): readonly LimitUse[] {
    const uses: LimitUse[] = this.#quotas.map(({ name, limit, measure, span }) => {
      if (span === 'day') return { name, limit, used: this.#ofDay(measure, time), resetsInMs: time.toMidnightMs() };
      const window = this.counts.minute(measure);
      const resetsInMs = window.changesInMs(time.now);
      return { name, limit, used: window.total(time.now), ...(resetsInMs === undefined ? {} : { resetsInMs }) };
    });
    if (this.#concurrency === undefined) return uses;
    return [...uses, { name: 'concurrency', limit: this.#concurrency, used: this.#running() }];
  }

  #roomInMs({ measure, span, limit }: Quota, amounts: Amounts, time: LimitTime): number {
    // What a call costs is often unknown before its answer. One that costs more than the limit has room where nothing is used.
    const own = Math.min(limit, Math.max(1, amounts[measure]));
    const reserved = this.counts.reserved[measure];
    const isTaken = own + reserved > limit;
    if (span === 'day') return isTaken || this.#ofDay(measure, time) > limit - own - reserved ? time.toMidnightMs() : 0;
    return isTaken ? minuteMs : this.counts.minute(measure).roomInMs(own + reserved, limit, time.now);
  }

  #ofDay(measure: Measure, { day }: LimitTime): number {
    return this.#others.ofDay?.(measure) ?? this.counts.ofDay(measure, day);
  }

  #running(): number {
    return this.#others.running?.() ?? this.counts.running;
  }
}

import type { Counts, LimitTime } from './counts.ts';
import { meaningOf, type LimitName, type Limits, type Measure } from '../provider/key-limits.ts';
import type { Amounts } from './limit-options.ts';
import { shareLeft } from './share.ts';

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

/** A process whose share is used up reads again after this time what the others have used. */
const untilNextAnswerMs = 1000;

interface Quota {
  readonly name: LimitName;
  readonly limit: number;
  readonly measure: Measure;
  readonly span: 'minute' | 'day';
}

/** What counts against a limit besides the `Counts`, if it is more. */
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
    for (const { measure, span } of this.#quotas) {
      if (span === 'minute') counts.minute(measure);
      if (measure === 'tokens') counts.limitsTokens = true;
    }
  }

  /** The time in ms until an attempt has room; 0 for now. */
  roomInMs(amounts: Amounts, time: LimitTime): number {
    const running = this.#running() + this.counts.reserved.requests + amounts.requests;
    let roomInMs = this.#concurrency !== undefined && running > this.#concurrency ? untilOneEndsMs : 0;
    for (const quota of this.#quotas) roomInMs = Math.max(roomInMs, this.#roomInMs(quota, amounts, time));
    return roomInMs;
  }

  /** Whether so much of a minute is used that it matters what other processes use: more than half of each one's part. */
  isHalfUsed(time: LimitTime): boolean {
    const isHalf = (quota: Quota) => 2 * this.#used(quota, time) * time.sharing.processes > quota.limit;
    return this.#quotas.some((quota) => quota.span === 'minute' && isHalf(quota));
  }

  /** The least share that is left of any of its limits, from 0 to 1; 1 without a limit. Reserved room counts as used. */
  shareLeft(time: LimitTime): number {
    const { reserved } = this.counts;
    let used = this.#concurrency === undefined ? 0 : (this.#running() + reserved.requests) / this.#concurrency;
    for (const quota of this.#quotas) {
      used = Math.max(used, (this.#used(quota, time) + reserved[quota.measure]) / quota.limit);
    }
    return Math.max(0, 1 - used);
  }

  /** How much of each limit is used. */
  uses(time: LimitTime): readonly LimitUse[] {
    const uses: LimitUse[] = this.#quotas.map((quota) => {
      const { name, limit, measure, span } = quota;
      const used = this.#used(quota, time);
      if (span === 'day') return { name, limit, used, resetsInMs: time.toMidnightMs() };
      const windows = [this.counts.minute(measure), this.counts.minuteOfOthers(measure)];
      const changesInMs = windows.flatMap((window) => window?.changesInMs(time.now) ?? []);
      return { name, limit, used, ...(changesInMs.length === 0 ? {} : { resetsInMs: Math.min(...changesInMs) }) };
    });
    if (this.#concurrency === undefined) return uses;
    return [...uses, { name: 'concurrency', limit: this.#concurrency, used: this.#running() }];
  }

  #roomInMs(quota: Quota, amounts: Amounts, time: LimitTime): number {
    const { measure, span, limit } = quota;
    // What a call costs is often unknown before its answer. One that costs more than the limit has room where nothing is used.
    const own = Math.min(limit, Math.max(1, amounts[measure]));
    const reserved = this.counts.reserved[measure];
    const used = this.#used(quota, time) + reserved;
    const ownSince = this.#ownSince(quota, time) + reserved;
    if (own <= shareLeft(limit, used, ownSince, time.sharing)) return 0;
    if (own <= limit - used) return untilNextAnswerMs;
    if (span === 'day') return time.toMidnightMs();
    if (own + reserved > limit) return minuteMs;
    return this.counts.minute(measure).roomInMs(own + reserved, limit, time.now, this.counts.minuteOfOthers(measure));
  }

  /** What all processes have used. */
  #used({ measure, span }: Quota, time: LimitTime): number {
    if (span === 'day') return this.#ofDay(measure, time);
    return this.counts.minute(measure).total(time.now) + (this.counts.minuteOfOthers(measure)?.total(time.now) ?? 0);
  }

  #ownSince({ measure, span }: Quota, time: LimitTime): number {
    const ownSince = this.counts.sinceAnswer(measure, time.sharing);
    return span === 'day' ? ownSince : Math.min(ownSince, this.counts.minute(measure).total(time.now));
  }

  #ofDay(measure: Measure, { day }: LimitTime): number {
    return this.#others.ofDay?.(measure) ?? this.counts.ofDay(measure, day);
  }

  #running(): number {
    return Math.max(this.counts.running, this.#others.running?.() ?? 0);
  }
}

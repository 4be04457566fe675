import type { Counts } from './counts.ts';
import { meaningOf, type LimitName, type Limits, type Measure } from '../provider/key-limits.ts';
import type { Amounts } from './draw.ts';
import { allowanceLeft } from './allowance.ts';
import type { LimitTime, Tally } from './tally.ts';

/** How much of a limit is used now. */
export interface LimitUse {
  readonly name: LimitName;
  readonly limit: number;
  readonly used: number;
  /** The time in ms until it has room for one more, or is used less; absent for a number of running attempts. */
  readonly resetsInMs?: number;
}

const minuteMs = 60_000;
/**
 * The time until a running attempt ends is not known; calls that wait are woken when it does. Positive, so that it counts as a wait, and
 * never the difference of two times.
 */
export const untilOneEndsMs: number = Number.MIN_VALUE;

/** A time until there is room, for those who cannot be woken; `undefined` for the end of a running attempt. */
export function knownWaitMs(waitMs: number | undefined): number | undefined {
  return waitMs === untilOneEndsMs ? undefined : waitMs;
}

/** A process whose share is used up reads again after this time what the others have used. */
const untilNextAnswerMs = 1000;

interface Quota {
  readonly name: LimitName;
  readonly limit: number;
  readonly measure: Measure;
  readonly span: 'minute' | 'day';
  readonly tally: Tally;
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
      return limit === undefined || !meaning ? [] : [{ name, limit, ...meaning, tally: counts[meaning.measure] }];
    });
    for (const { measure, span, tally } of this.#quotas) {
      if (span === 'minute') tally.countMinute();
      if (measure === 'tokens') counts.limitsTokens = true;
    }
  }

  /** The time in ms until an attempt has room; 0 for now. */
  roomInMs(amounts: Amounts, time: LimitTime): number {
    const running = this.#running() + this.counts.requests.reserved + amounts.requests;
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
    const running = this.#running() + this.counts.requests.reserved;
    let used = this.#concurrency === undefined ? 0 : running / this.#concurrency;
    for (const quota of this.#quotas) {
      used = Math.max(used, (this.#used(quota, time) + quota.tally.reserved) / quota.limit);
    }
    return Math.max(0, 1 - used);
  }

  /** How much of each limit is used. */
  uses(time: LimitTime): readonly LimitUse[] {
    const uses: LimitUse[] = this.#quotas.map((quota) => {
      const { name, limit, span, tally } = quota;
      const used = this.#used(quota, time);
      const resetsInMs = span === 'day' ? time.toMidnightMs() : tally.minuteChangesInMs(time.now);
      return { name, limit, used, ...(resetsInMs === undefined ? {} : { resetsInMs }) };
    });
    if (this.#concurrency === undefined) return uses;
    return [...uses, { name: 'concurrency', limit: this.#concurrency, used: this.#running() }];
  }

  #roomInMs(quota: Quota, amounts: Amounts, time: LimitTime): number {
    const { measure, span, limit, tally } = quota;
    // What a call costs is often unknown before its answer. One that costs more than the limit has room where nothing is used.
    const own = Math.min(limit, Math.max(1, amounts[measure]));
    const used = this.#used(quota, time) + tally.reserved;
    const ownSince = this.#ownSince(quota, time) + tally.reserved;
    if (own <= allowanceLeft(limit, used, ownSince, time.sharing)) return 0;
    if (own <= limit - used) return untilNextAnswerMs;
    if (span === 'day') return time.toMidnightMs();
    return own + tally.reserved > limit ? minuteMs : tally.minuteRoomInMs(own + tally.reserved, limit, time.now);
  }

  /** What all processes have used. */
  #used({ measure, span, tally }: Quota, time: LimitTime): number {
    return span === 'day' ? this.#ofDay(measure, time) : tally.ofMinuteByAll(time.now);
  }

  #ownSince({ span, tally }: Quota, { now, sharing }: LimitTime): number {
    const ownSince = tally.sinceAnswer(sharing);
    return span === 'day' ? ownSince : Math.min(ownSince, tally.ofMinute(now));
  }

  #ofDay(measure: Measure, { day }: LimitTime): number {
    return this.#others.ofDay?.(measure) ?? this.counts[measure].ofDay(day);
  }

  #running(): number {
    return Math.max(this.counts.running, this.#others.running?.() ?? 0);
  }
}

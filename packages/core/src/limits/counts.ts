import type { Measure } from '../provider/key-limits.ts';
import { measures, type Amounts } from './limit-options.ts';
import { MinuteWindow } from './minute-window.ts';

/** The time by which limits are counted. */
export interface LimitTime {
  /** By the steady clock, in ms. */
  readonly now: number;
  /** The date in the provider's time zone, for example `2026-11-22`. */
  readonly day: string;
  /** The time in ms until the next day there. */
  toMidnightMs(): number;
}

/** What is counted of a key, a group or a bucket. Pools that have the same key share it. */
export class Counts {
  /** The number of running attempts. */
  running = 0;
  /** What calls have taken for attempts that are about to begin. */
  readonly reserved: Record<Measure, number> = { requests: 0, tokens: 0, units: 0 };
  /** The windows of a minute, of the measures that have a limit. */
  readonly #minute: Partial<Record<Measure, MinuteWindow>> = {};
  #day = '';
  readonly #ofDay: Record<Measure, number> = { requests: 0, tokens: 0, units: 0 };

  /** The window of a minute; counts from now on, unless it is counted already. */
  minute(measure: Measure): MinuteWindow {
    return (this.#minute[measure] ??= new MinuteWindow());
  }

  /** What was used on this day by this process. */
  ofDay(measure: Measure, day: string): number {
    return day === this.#day ? this.#ofDay[measure] : 0;
  }

  /** Takes room for an attempt that is about to begin, or gives it up. */
  reserve(amounts: Amounts, sign: 1 | -1): void {
    for (const measure of measures) this.reserved[measure] += sign * amounts[measure];
  }

  /** Counts an attempt that begins. */
  begin(amounts: Amounts, { now, day }: LimitTime): void {
    this.running++;
    if (day !== this.#day) Object.assign(this.#ofDay, { requests: 0, tokens: 0, units: 0 });
    this.#day = day;
    for (const measure of measures) {
      const amount = amounts[measure];
      if (amount === 0) continue;
      this.#ofDay[measure] += amount;
      this.#minute[measure]?.add(amount, now);
    }
  }

  /** Corrects the tokens of an attempt that began at this time, by the difference to the real number. */
  correctTokens(difference: number, beganAtMs: number, { now, day }: LimitTime): void {
    this.#minute.tokens?.correct(Math.floor(beganAtMs / 1000), difference, now);
    if (day === this.#day) this.#ofDay.tokens = Math.max(0, this.#ofDay.tokens + difference);
  }
}

import type { Measure } from '../provider/key-limits.ts';
import { measures, type Amounts } from './limit-options.ts';
import { MinuteWindow } from './minute-window.ts';
import type { Sharing } from './share.ts';

/** The time by which limits are counted. */
export interface LimitTime {
  /** By the steady clock, in ms. */
  readonly now: number;
  /** The date in the provider's time zone, for example `2026-11-22`. */
  readonly day: string;
  /** The time in ms until the next day there. */
  toMidnightMs(): number;
  readonly sharing: Sharing;
}

/** When an attempt began: by the steady clock in ms, and the date in the provider's time zone. */
export interface Began {
  readonly atMs: number;
  readonly day: string;
}

/** What is counted of a key, a group or a bucket. Pools that have the same key share it. */
export class Counts {
  /** The number of running attempts: those that have a slot. */
  running = 0;
  /** Whether a limit of tokens applies. */
  limitsTokens = false;
  /** What calls have taken for attempts that are about to begin. */
  readonly reserved: Record<Measure, number> = { requests: 0, tokens: 0, units: 0 };
  /** The windows of a minute, of the measures that have a limit. */
  readonly #minute: Partial<Record<Measure, MinuteWindow>> = {};
  /** The same for what other processes have used. */
  readonly #minuteOfOthers: Partial<Record<Measure, MinuteWindow>> = {};
  /** What this process has used since it last read what the others have used. */
  readonly #sinceAnswer: Record<Measure, number> = { requests: 0, tokens: 0, units: 0 };
  #answers = 0;
  #day = '';
  readonly #ofDay: Record<Measure, number> = { requests: 0, tokens: 0, units: 0 };

  /** The window of a minute; counts from now on, unless it is counted already. */
  minute(measure: Measure): MinuteWindow {
    return (this.#minute[measure] ??= new MinuteWindow());
  }

  /** What other processes have used in a minute; `undefined` for nothing. */
  minuteOfOthers(measure: Measure): MinuteWindow | undefined {
    return this.#minuteOfOthers[measure];
  }

  /** Counts what other processes have used, at a time in this minute. */
  addOfOthers(measure: Measure, amount: number, atMs: number, now: number): void {
    if (!this.#minute[measure] || amount <= 0) return;
    const window = (this.#minuteOfOthers[measure] ??= new MinuteWindow());
    window.correct(Math.floor(Math.min(atMs, now) / 1000), amount, now);
  }

  /** What this process has used since it last read what the others have used. */
  sinceAnswer(measure: Measure, { answers }: Sharing): number {
    return answers === this.#answers ? this.#sinceAnswer[measure] : 0;
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
  begin(amounts: Amounts, { now, day, sharing }: LimitTime): void {
    if (sharing.answers !== this.#answers) Object.assign(this.#sinceAnswer, { requests: 0, tokens: 0, units: 0 });
    this.#answers = sharing.answers;
    if (day !== this.#day) Object.assign(this.#ofDay, { requests: 0, tokens: 0, units: 0 });
    this.#day = day;
    for (const measure of measures) {
      const amount = amounts[measure];
      if (amount === 0) continue;
      this.#ofDay[measure] += amount;
      this.#sinceAnswer[measure] += amount;
      this.#minute[measure]?.add(amount, now);
    }
  }

  /** Corrects the tokens of an attempt that began at this time, by the difference to the real number. */
  correctTokens(difference: number, began: Began, { now, sharing }: LimitTime): void {
    if (sharing.answers === this.#answers)
      this.#sinceAnswer.tokens = Math.max(0, this.#sinceAnswer.tokens + difference);
    this.#minute.tokens?.correct(Math.floor(began.atMs / 1000), difference, now);
    if (began.day === this.#day) this.#ofDay.tokens = Math.max(0, this.#ofDay.tokens + difference);
  }
}

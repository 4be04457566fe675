import { MinuteWindow } from './minute-window.ts';
import type { Sharing } from './allowance.ts';

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

/** How much of one measure is used: of a minute, of a day, and by attempts that are about to begin. */
export class Tally {
  /** What calls have taken for attempts that are about to begin. */
  reserved = 0;
  /** The last minute; `undefined` while no limit needs it. */
  #minute: MinuteWindow | undefined;
  /** What other processes have used of the last minute; `undefined` for nothing. */
  #minuteOfOthers: MinuteWindow | undefined;
  #day = '';
  #ofDay = 0;
  #answers = 0;
  #sinceAnswer = 0;

  /** Counts the last minute from now on. */
  countMinute(): void {
    this.#minute ??= new MinuteWindow();
  }

  /** What this process has used in the last minute. */
  ofMinute(now: number): number {
    return this.#minute?.total(now) ?? 0;
  }

  /** What all processes have used in the last minute. */
  ofMinuteByAll(now: number): number {
    return this.ofMinute(now) + (this.#minuteOfOthers?.total(now) ?? 0);
  }

  /** What this process has used on this day. */
  ofDay(day: string): number {
    return day === this.#day ? this.#ofDay : 0;
  }

  /** What this process has used since it last read what the others have used. */
  sinceAnswer({ answers }: Sharing): number {
    return answers === this.#answers ? this.#sinceAnswer : 0;
  }

  /** The time in ms until so much more stays within a limit of a minute; 0 for now. */
  minuteRoomInMs(amount: number, limit: number, now: number): number {
    return this.#minute?.roomInMs(amount, limit, now, this.#minuteOfOthers) ?? 0;
  }

  /** The time in ms until the first of what is counted leaves the minute; `undefined` if nothing is. */
  minuteChangesInMs(now: number): number | undefined {
    const changes = [this.#minute, this.#minuteOfOthers].flatMap((window) => window?.changesInMs(now) ?? []);
    return changes.length === 0 ? undefined : Math.min(...changes);
  }

  /** Counts what an attempt takes that begins. */
  add(amount: number, { now, day, sharing }: LimitTime): void {
    this.#sinceAnswer = this.sinceAnswer(sharing) + amount;
    this.#answers = sharing.answers;
    this.#ofDay = this.ofDay(day) + amount;
    this.#day = day;
    this.#minute?.add(amount, now);
  }

  /** Corrects what an attempt has taken that began at this time. */
  correct(difference: number, began: Began, { now, sharing }: LimitTime): void {
    this.#sinceAnswer = Math.max(0, this.sinceAnswer(sharing) + difference);
    this.#answers = sharing.answers;
    if (began.day === this.#day) this.#ofDay = Math.max(0, this.#ofDay + difference);
    this.#minute?.correct(Math.floor(began.atMs / 1000), difference, now);
  }

  /** Adds what another tally of this process has counted. */
  absorb(other: Pick<Tally, 'amountsOfMinute' | 'ofDay'>, { now, day }: Pick<LimitTime, 'now' | 'day'>): void {
    for (const { amount, atMs } of other.amountsOfMinute(now)) {
      this.countMinute();
      this.#minute?.correct(Math.floor(atMs / 1000), amount, now);
    }
    this.#ofDay = this.ofDay(day) + other.ofDay(day);
    this.#day = day;
  }

  /** What is counted of the last minute, and when it began, to the second. */
  amountsOfMinute(now: number): ReturnType<MinuteWindow['amounts']> {
    return this.#minute?.amounts(now) ?? [];
  }

  /** Counts what other processes have used, at a time in the last minute. */
  addOfOthers(amount: number, atMs: number, now: number): void {
    if (!this.#minute || amount <= 0) return;
    this.#minuteOfOthers ??= new MinuteWindow();
    this.#minuteOfOthers.correct(Math.floor(Math.min(atMs, now) / 1000), amount, now);
  }
}

import { nextMidnight } from '../provider/next-midnight.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { LimitTime } from './tally.ts';
import type { Sharing } from './allowance.ts';

const alone: Sharing = { processes: 1, answers: 0, isStale: false };

/** The time by which the limits of a pool are counted. One object for all, because limits are asked several times in a call. */
export class LimitClock implements LimitTime {
  now = 0;
  day = '';
  sharing: Sharing = alone;
  readonly #clock: SharedClock;
  readonly #timeZone: string;
  #midnightMs = 0;

  constructor(clock: SharedClock, timeZone = 'UTC') {
    this.#clock = clock;
    this.#timeZone = timeZone;
  }

  /** Sets the time, in shared ms. The caller reads the clock, because that takes as long as the rest. */
  at(now: number, day: string, shared: { readonly isAlone: boolean; sharing(now: number): Sharing }): LimitTime {
    this.now = this.#clock.toSteady(now);
    this.day = day;
    this.sharing = shared.isAlone ? alone : shared.sharing(this.now);
    return this;
  }

  toMidnightMs(): number {
    const date = this.#clock.date();
    // Searched once a day, because it takes longer than a call. The wall clock can be set back.
    const isNewDay = date >= this.#midnightMs || date < this.#midnightMs - 86_400_000;
    if (isNewDay) this.#midnightMs = nextMidnight(date, this.#timeZone);
    return this.#midnightMs - date;
  }
}

import { localTime, type LocalTime } from './local-time.ts';

/** A time of each day. */
export interface DailyTimeOptions {
  /** What the clocks show then, for example `09:00`. */
  readonly at: string;
  /** An IANA name, for example `America/Sao_Paulo`. */
  readonly timeZone: string;
}

/** Clocks are corrected by less. */
const aheadMs = 3_600_000;

/** Says once a day that it is time, from the first such time on. */
export class DailyTime {
  readonly #options: DailyTimeOptions;
  /** When it was last done, or could have been before the start, in ms since the epoch; `undefined` if it was not. */
  #doneAtMs: number | undefined;

  constructor(options: DailyTimeOptions, epochMs: number) {
    this.#options = options;
    if (this.isDue(epochMs)) this.note(epochMs);
  }

  get doneAtMs(): number | undefined {
    return this.#doneAtMs;
  }

  isDue(epochMs: number): boolean {
    this.#forgetAhead(epochMs);
    const { date, time } = this.#local(epochMs);
    const isDone = this.#doneAtMs !== undefined && this.#local(this.#doneAtMs).date >= date;
    return !isDone && time >= this.#options.at;
  }

  /** Notes that it was done then. */
  note(epochMs: number): void {
    this.#doneAtMs = Math.max(epochMs, this.#doneAtMs ?? epochMs);
  }

  /** Forgets what was done by a clock that was ahead, and that was set back since. */
  #forgetAhead(epochMs: number): void {
    if (this.#doneAtMs !== undefined && this.#doneAtMs > epochMs + aheadMs) this.#doneAtMs = undefined;
  }

  #local(epochMs: number): LocalTime {
    return localTime(epochMs, this.#options.timeZone);
  }
}

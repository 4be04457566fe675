import type { FullRuntime } from '../base/runtime.ts';

type Clocks = Pick<FullRuntime, 'now' | 'steadyNow'>;

/**
 * The clock for times of health: the store's clock where there is a store, else the clock of this process.
 *
 * Clocks of machines differ, so shared times need one common clock. Between answers of the store it advances by the
 * steady clock: after the machine's clock was set by an hour, a new cooldown must not be an hour too long for every
 * process.
 */
export class SharedClock {
  readonly #clocks: Clocks;
  #offsetMs = 0;
  #localOffsetMs = 0;
  #uncertaintyMs = Infinity;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  /** The difference between the store's clock and this process's steady clock, in ms; 0 before the first answer. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Shared time, in ms since the epoch. */
  now(): number {
    return this.#clocks.steadyNow() + this.#offsetMs;
  }

  /** Converts a shared time to the steady clock of this process. */
  toSteady(sharedMs: number): number {
    return sharedMs - this.#offsetMs;
  }

  /** Converts a time by the steady clock of this process to shared time. */
  fromSteady(steadyMs: number): number {
    return steadyMs + this.#offsetMs;
  }

  /** How far this clock is ahead of another one, in ms. */
  aheadOf(other: { now(): number }): number {
    return Math.round(this.now() - other.now());
  }

  /** Converts a shared time to the clock of this process, where it can be compared with `Date.now()`. */
  toLocal(sharedMs: number): number {
    return Math.round(sharedMs - this.now() + this.#clocks.now());
  }

  /** Converts a date of the wall clock to the shared clock. Setting the wall clock later does not move the result. */
  fromDate(dateMs: number): number {
    return Math.round(dateMs - this.#clocks.now() + this.now());
  }

  /** The wall clock, corrected by the store's clock as exactly as the last answer allows; in ms since the epoch. */
  date(): number {
    return this.#clocks.now() + this.#localOffsetMs;
  }

  /**
   * Starts measuring an exchange with the store. Call the returned function with the time in the store's answer.
   *
   * The store read its clock at some moment of the exchange, so the quickest exchange gives the best estimate. An
   * answer that contradicts the estimate means that a clock was set, and replaces it.
   */
  startExchange(): (storeNowMs: number) => void {
    const startedAtMs = this.#clocks.steadyNow();
    return (storeNowMs) => {
      const answeredAtMs = this.#clocks.steadyNow();
      const uncertaintyMs = Math.abs(answeredAtMs - startedAtMs) / 2;
      const offsetMs = Math.round(storeNowMs - (startedAtMs + answeredAtMs) / 2);
      const isContradiction = Math.abs(offsetMs - this.#offsetMs) > uncertaintyMs + this.#uncertaintyMs + 1;
      if (uncertaintyMs <= this.#uncertaintyMs || isContradiction) {
        this.#offsetMs = offsetMs;
        this.#uncertaintyMs = uncertaintyMs;
      }
      this.#localOffsetMs = this.now() - this.#clocks.now();
    };
  }
}

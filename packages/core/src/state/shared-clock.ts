import type { Runtime } from '../base/runtime.ts';

type Clock = Pick<Runtime, 'now'>;

/** Milliseconds since the epoch by a clock that nobody can set. */
function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/**
 * The clock in which times of health are kept: this process's own, moved to the store's where there is one.
 *
 * Clocks of machines differ; a time that several of them read has to be in one of them. It then goes on by a clock that is
 * not set, so that a mark made right after the machine's was is no hour too long for everybody.
 */
export class SharedClock {
  readonly #local: Clock;
  readonly #steady: Clock;
  #offsetMs = 0;
  #localOffsetMs = 0;
  #uncertaintyMs = Infinity;

  constructor(local: Clock, { isSteady }: { readonly isSteady: boolean }) {
    this.#local = local;
    this.#steady = isSteady ? { now: steadyNow } : local;
  }

  /** How much the first answer has moved the clock. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Milliseconds since the epoch, in the shared clock. */
  now(): number {
    return this.#steady.now() + this.#offsetMs;
  }

  /** A shared time in this process's clock, for whoever compares it with `Date.now()`. */
  toLocal(sharedMs: number): number {
    return Math.round(sharedMs - this.now() + this.#local.now());
  }

  /** A time of this process's clock in the shared one, as good as the last answer. */
  fromLocal(localMs: number): number {
    return localMs + this.#localOffsetMs;
  }

  /**
   * Notes that the store is asked now; gives back what learns from the time in its answer.
   *
   * The answer was given somewhere in between, so a quick one says most. One that cannot be true together with what is
   * known says that a clock was set.
   */
  ask(): (storeNowMs: number) => void {
    const askedAtMs = this.#steady.now();
    return (storeNowMs) => {
      const answeredAtMs = this.#steady.now();
      const uncertaintyMs = Math.abs(answeredAtMs - askedAtMs) / 2;
      const offsetMs = Math.round(storeNowMs - (askedAtMs + answeredAtMs) / 2);
      const isContradiction = Math.abs(offsetMs - this.#offsetMs) > uncertaintyMs + this.#uncertaintyMs + 1;
      if (uncertaintyMs <= this.#uncertaintyMs || isContradiction) {
        this.#offsetMs = offsetMs;
        this.#uncertaintyMs = uncertaintyMs;
      }
      this.#localOffsetMs = this.now() - this.#local.now();
    };
  }
}

import type { Environment } from './environment.ts';

/**
 * The clock in which times of health are kept: this process's own, moved to the store's where there is one.
 *
 * Clocks of machines differ; a time that several of them read has to be in one of them.
 */
export class SharedClock {
  readonly #environment: Environment;
  #offsetMs = 0;
  #uncertaintyMs = Infinity;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** How far the shared clock is ahead of this process's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Milliseconds since the epoch, in the shared clock. */
  now(): number {
    return this.#environment.now() + this.#offsetMs;
  }

  /** A shared time in this process's clock, for whoever compares it with `Date.now()`. */
  toLocal(sharedMs: number): number {
    return sharedMs - this.#offsetMs;
  }

  /**
   * Learns from the store's time in an answer that was asked for at `askedAtMs` (local) and has just come.
   *
   * The answer was given somewhere in between, so a quick one says most. One that cannot be true together with what is
   * known says that a clock was set.
   */
  learn(storeNowMs: number, askedAtMs: number): void {
    const answeredAtMs = this.#environment.now();
    const uncertaintyMs = Math.abs(answeredAtMs - askedAtMs) / 2;
    const offsetMs = Math.round(storeNowMs - (askedAtMs + answeredAtMs) / 2);
    const isContradiction = Math.abs(offsetMs - this.#offsetMs) > uncertaintyMs + this.#uncertaintyMs + 1;
    if (uncertaintyMs > this.#uncertaintyMs && !isContradiction) return;
    this.#offsetMs = offsetMs;
    this.#uncertaintyMs = uncertaintyMs;
  }
}

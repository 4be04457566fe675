import type { Environment } from './environment.ts';

const tickMs = 250;

/**
 * The time as of a quarter of a second ago, for what is noted at every call.
 *
 * Reading the clock would be the dearest part of a call that works at once. This one reads it four times a second while it
 * is asked, and not at all otherwise.
 */
export class RecentClock {
  readonly #environment: Environment;
  #time = 0;
  #isTicking = false;
  #isAsked = true;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#tick();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    this.#isAsked = true;
    if (!this.#isTicking) this.#tick();
    return this.#time;
  }

  #tick(): void {
    this.#isTicking = this.#isAsked;
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#time = this.#environment.now();
    this.#environment.timer(tickMs, () => this.#tick(), true);
  }
}

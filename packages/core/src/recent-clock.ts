import type { Environment } from './environment.ts';

const tickMs = 250;

/**
 * The time as of a quarter of a second ago, for what is noted at every call.
 *
 * Reading the clock would be the dearest part of a call that works at once. This one reads it four times a second while it
 * is asked, and not at all otherwise. A clock that is not the system's may be set at any time, and is read each time.
 */
export class RecentClock {
  readonly #environment: Environment;
  readonly #canTick: boolean;
  readonly #onRead: (now: number) => void;
  #time = 0;
  #isTicking = false;
  #isAsked = false;

  constructor(environment: Environment, { canTick }: { readonly canTick: boolean }, onRead: (now: number) => void) {
    this.#environment = environment;
    this.#canTick = canTick;
    this.#onRead = onRead;
    this.#read();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    this.#isAsked = true;
    if (!this.#isTicking) this.#read();
    return this.#time;
  }

  #read(): void {
    this.#isAsked = false;
    this.#time = this.#environment.now();
    this.#onRead(this.#time);
    this.#isTicking = this.#canTick;
    if (this.#canTick) this.#environment.timer(tickMs, () => this.#tick(), true);
  }

  #tick(): void {
    if (this.#isAsked) this.#read();
    else this.#isTicking = false;
  }
}

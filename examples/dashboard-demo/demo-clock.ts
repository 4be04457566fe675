import type { Runtime } from '@api-key-fallback/core';

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
  readonly isInBackground: boolean;
  cancel: () => void;
}

/** A clock that can run faster than time passes: it begins in the past, and is right again when it has caught up. */
export class DemoClock implements Runtime {
  readonly #timers = new Set<Timer>();
  #speed = 1;
  /** The clock has shown `#baseMs` when `performance.now()` was `#sinceMs`. */
  #baseMs: number;
  #sinceMs = performance.now();

  constructor(startMs: number = Date.now()) {
    this.#baseMs = startMs;
  }

  readonly now = (): number => this.#baseMs + Math.round((performance.now() - this.#sinceMs) * this.#speed);

  readonly random = (): number => Math.random();

  readonly timer = (ms: number, fire: () => void, isInBackground = false): (() => void) => {
    const timer: Timer = { dueMs: this.now() + ms, fire, isInBackground, cancel: () => {} };
    this.#timers.add(timer);
    this.#start(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  };

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.timer(ms, resolve);
    const abort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    await promise.finally(() => {
      cancel();
      signal?.removeEventListener('abort', abort);
    });
  };

  /** Runs this many times as fast until the clock is right, and then as fast as time passes. */
  async catchUp(speed: number): Promise<void> {
    const behindMs = Date.now() - this.now();
    this.#setSpeed(speed);
    await new Promise((resolve) => {
      setTimeout(resolve, behindMs / (speed - 1));
    });
    this.#setSpeed(1);
  }

  #setSpeed(speed: number): void {
    this.#baseMs = this.now();
    this.#sinceMs = performance.now();
    this.#speed = speed;
    for (const timer of this.#timers) {
      timer.cancel();
      this.#start(timer);
    }
  }

  #start(timer: Timer): void {
    const fire = (): void => {
      this.#timers.delete(timer);
      timer.fire();
    };
    const handle = setTimeout(fire, Math.max(0, timer.dueMs - this.now()) / this.#speed);
    if (timer.isInBackground) handle.unref();
    timer.cancel = () => clearTimeout(handle);
  }
}

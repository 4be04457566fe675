import type { Runtime } from '../packages/core/src/index.ts';

interface Timer {
  readonly dueMs: number;
  readonly isInBackground: boolean;
  readonly fire: () => void;
}

/** Waits until all pending promise callbacks have run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that moves in `advance()` and `spend()`, and jumps in `jump()`. */
export class FakeClock implements Runtime {
  readonly #timers = new Set<Timer>();
  #timeMs: number;
  /** How far the time has been set forward. Timers do not notice. */
  #setByMs = 0;

  constructor(start = '2026-03-02T12:00:00Z') {
    this.#timeMs = Date.parse(start);
  }

  readonly now = (): number => this.#timeMs + this.#setByMs;
  readonly random = (): number => 0.5;
  readonly sleep = (ms: number): Promise<void> => new Promise((resolve) => this.timer(ms, resolve));

  readonly timer = (ms: number, fire: () => void, isInBackground = false): (() => void) => {
    const timer = { dueMs: this.#timeMs + ms, isInBackground, fire };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** The number of timers that have not fired. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Whether a timer keeps the process alive. */
  get holdsProcess(): boolean {
    return [...this.#timers].some(({ isInBackground }) => !isInBackground);
  }

  /** Sets the time forward, or back, as a person does. */
  jump(ms: number): void {
    this.#setByMs += ms;
  }

  /** Time passes in which nothing else can run, because something takes it. */
  spend(ms: number): void {
    this.#timeMs += ms;
  }

  /** Moves the clock, and fires each timer at its time. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#timeMs + ms;
    await settle();
    for (let nextMs = this.#nextMs(); nextMs <= endMs; nextMs = this.#nextMs()) {
      this.#timeMs = Math.max(this.#timeMs, nextMs);
      for (const timer of this.#timers) {
        if (timer.dueMs > nextMs) continue;
        this.#timers.delete(timer);
        timer.fire();
      }
      await settle();
    }
    this.#timeMs = Math.max(this.#timeMs, endMs);
  }

  #nextMs(): number {
    return [...this.#timers].reduce((soonest, { dueMs }) => Math.min(soonest, dueMs), Infinity);
  }
}

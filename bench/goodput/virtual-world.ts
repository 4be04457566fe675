import { install } from '@sinonjs/fake-timers';
import { seededRandom } from './seeded-random.ts';

const startMs = Date.UTC(2026, 10, 29, 12);
const longestMs = 7 * 24 * 3_600_000;

const realImmediate = setImmediate;
const realRandom = Math.random;

/** Every microtask and every `process.nextTick` runs before this resolves. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    realImmediate(resolve);
  });
}

/**
 * Replaces the global clock, timers and `Math.random` until it is disposed, so that minutes take milliseconds and a seed
 * always gives the same run.
 *
 * The globals are replaced, and not the clock of one library, so that every scheme lives in the same time.
 */
export class VirtualWorld implements Disposable {
  readonly #clock = install({
    now: startMs,
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
    ],
  });

  constructor(seed: number) {
    Math.random = seededRandom(seed);
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#clock.now - startMs;
  }

  /**
   * Fires one timer after the other, each with all that follows from it.
   *
   * `tickAsync` waits for a real timer at each of its steps, which takes a millisecond; a turn of the event loop takes a
   * hundredth of it.
   */
  async runUntil(isOver: () => boolean): Promise<void> {
    await turn();
    while (!isOver()) {
      if (this.#clock.countTimers() === 0 || this.nowMs > longestMs) throw new Error('A call never ends.');
      this.#clock.next();
      await turn();
    }
  }

  [Symbol.dispose](): void {
    Math.random = realRandom;
    this.#clock.uninstall();
  }
}

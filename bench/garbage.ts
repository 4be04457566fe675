import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Collects all garbage, or only that of the youngest objects. */
export function collectGarbage(type: 'major' | 'minor' = 'major'): void {
  if (!globalThis.gc) throw new Error('Run this with node --expose-gc.');
  globalThis.gc({ type, execution: 'sync' });
}

/** Knows when garbage was collected. */
export class Collections implements Disposable {
  readonly #times: number[] = [];
  readonly #observer = new PerformanceObserver((list) => {
    this.#times.push(...list.getEntries().map(({ startTime }) => startTime));
  });

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Whether one happened between these two times of `performance.now()`; collects once more itself. */
  async happened(from: number, to: number): Promise<boolean> {
    collectGarbage();
    // They are told late, but in order: with the one just made come all that were before.
    while (!this.#times.some((time) => time > to)) await setImmediate();
    return this.#times.some((time) => time >= from && time <= to);
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
  }
}

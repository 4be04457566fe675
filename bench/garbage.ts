import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Collects all garbage, or only the young generation. */
export function collectGarbage(type: 'major' | 'minor' = 'major'): void {
  if (!globalThis.gc) throw new Error('Run node with --expose-gc.');
  globalThis.gc({ type, execution: 'sync' });
}

/** Records when garbage was collected. */
export class Collections implements Disposable {
  readonly #times: number[] = [];
  readonly #observer = new PerformanceObserver((list) => {
    this.#times.push(...list.getEntries().map(({ startTime }) => startTime));
  });

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Whether a collection happened between these two times of `performance.now()`. Triggers one more itself. */
  async happened(from: number, to: number): Promise<boolean> {
    collectGarbage();
    // Entries arrive late but in order: once the triggered collection is here, all earlier ones are too.
    while (!this.#times.some((time) => time > to)) await setImmediate();
    return this.#times.some((time) => time >= from && time <= to);
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
  }
}

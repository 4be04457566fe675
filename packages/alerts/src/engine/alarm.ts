import type { FullRuntime } from '@api-key-fallback/core/adapter';

/** One timer, which does not hold the process open. The earliest time counts. */
export class Alarm {
  readonly #runtime: FullRuntime;
  readonly #ring: () => void;
  #atMs = Infinity;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(runtime: FullRuntime, ring: () => void) {
    this.#runtime = runtime;
    this.#ring = ring;
  }

  /** Rings at this time by the steady clock, unless it rings before. */
  set(atMs: number): void {
    if (this.#isClosed || atMs >= this.#atMs) return;
    this.#cancel?.();
    this.#atMs = atMs;
    const inMs = Math.max(1, atMs - this.#runtime.steadyNow());
    this.#cancel = this.#runtime.timer(
      inMs,
      () => {
        this.#atMs = Infinity;
        this.#ring();
      },
      true,
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }
}

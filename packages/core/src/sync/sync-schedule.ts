import type { Runtime } from '../base/runtime.ts';

const shortestPauseMs = 1000;
const longestPauseMs = 10_000;
/** After an exchange, a replica pauses ten times as long as it took, so that a slow store is not asked more often than it can answer. */
const pausePerExchange = 10;

/** How long a replica that has nothing to send waits for its next exchange, in ms. */
export const refreshMs = 30_000;

/** Decides when a replica starts its next exchange with the store. */
export class SyncSchedule {
  readonly #runtime: Runtime;
  readonly #start: () => void;
  #immediate: NodeJS.Immediate | undefined;
  #timer: { readonly cancel: () => void; readonly isRefresh: boolean } | undefined;
  #flushMs = shortestPauseMs;
  #failures = 0;

  constructor(runtime: Runtime, start: () => void) {
    this.#runtime = runtime;
    this.#start = start;
  }

  /** Whether a timer for the next exchange runs. */
  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  /** Starts an exchange at the end of this turn of the event loop, so that a burst of failures takes one exchange. */
  soon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#start();
    });
  }

  /** Starts one within a second; with a slow store, within 10 s. */
  flush(): void {
    if (!this.#timer || this.#timer.isRefresh) this.#startIn(this.#flushMs);
  }

  /** Starts one within 30 s. */
  refresh(): void {
    this.#startIn(refreshMs, true);
  }

  /** Starts one after a failed one, with pauses that double from 1 to 10 s. */
  retry(): void {
    this.#startIn(Math.min(shortestPauseMs * 2 ** this.#failures++, longestPauseMs));
  }

  /** Notes how long the store took to answer. */
  onAnswer(tookMs: number): void {
    this.#failures = 0;
    this.#flushMs = Math.min(Math.max(pausePerExchange * tookMs, shortestPauseMs), longestPauseMs);
  }

  clearTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  stop(): void {
    this.clearTimer();
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }

  // At random within the last quarter of the time, so that the processes do not ask together.
  #startIn(ms: number, isRefresh = false): void {
    this.clearTimer();
    const start = () => {
      this.#timer = undefined;
      this.#start();
    };
    this.#timer = { cancel: this.#runtime.timer(ms * (0.75 + 0.25 * this.#runtime.random()), start, true), isRefresh };
  }
}

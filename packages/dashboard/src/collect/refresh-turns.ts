import type { FullRuntime } from '@api-key-fallback/core/adapter';

const turnMs = 10;
const pauseMs = 5;

/** What can be brought up to date. */
interface Refreshed {
  resample(): void;
}

/** Samples pools in turns of about 10 ms, so that thousands of them do not hold up the application. */
export class RefreshTurns {
  readonly #runtime: FullRuntime;
  readonly #due = new Set<Refreshed>();
  #cancelTimer = (): void => {};

  constructor(runtime: FullRuntime) {
    this.#runtime = runtime;
  }

  add(pool: Refreshed): void {
    this.#due.add(pool);
  }

  delete(pool: Refreshed): void {
    this.#due.delete(pool);
  }

  /** Takes a turn now, and more of them until nothing is due. */
  take(): void {
    this.#cancelTimer();
    const startedAtMs = this.#runtime.steadyNow();
    for (const pool of this.#due) {
      if (this.#runtime.steadyNow() - startedAtMs >= turnMs) break;
      this.#due.delete(pool);
      pool.resample();
    }
    if (this.#due.size > 0) this.#cancelTimer = this.#runtime.timer(pauseMs, () => this.take(), true);
  }

  close(): void {
    this.#cancelTimer();
    this.#due.clear();
  }
}

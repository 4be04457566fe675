import type { FullRuntime } from '../base/runtime.ts';

/** How long a call has waited in the queue of its pool, by the steady clock. */
export class WaitingTime {
  readonly #runtime: Pick<FullRuntime, 'steadyNow'>;
  #finishedMs: number;
  #sinceMs: number | undefined;

  /** `finishedMs` is the time in ms of earlier waits. */
  constructor(runtime: Pick<FullRuntime, 'steadyNow'>, finishedMs: number) {
    this.#runtime = runtime;
    this.#finishedMs = finishedMs;
  }

  /** The time in ms of all waits. */
  get totalMs(): number {
    return this.#finishedMs + this.currentMs;
  }

  /** The time in ms of the current wait; 0 if there is none. */
  get currentMs(): number {
    return this.#sinceMs === undefined ? 0 : this.#runtime.steadyNow() - this.#sinceMs;
  }

  /** Starts a wait, unless one has started. Returns its start. */
  begin(): number {
    return (this.#sinceMs ??= this.#runtime.steadyNow());
  }

  end(): void {
    this.#finishedMs = this.totalMs;
    this.#sinceMs = undefined;
  }
}

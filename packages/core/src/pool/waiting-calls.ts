import { abortable } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';

type Clocks = Pick<FullRuntime, 'sleep' | 'steadyNow'>;

/** Lets a call go on if it can now. Returns whether it does. */
type TryNow = () => boolean;

/** Calls that wait for a change in the pool, first come, first served. */
export class WaitingCalls {
  readonly #waiting = new Set<TryNow>();
  #isWaking = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  /**
   * Calls `poll` after each change. Resolves with the first value that it returns; rejects with what it throws, or when the
   * signal aborts.
   */
  wait<T>(poll: () => T | undefined, signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const tryNow = () => {
      try {
        const result = poll();
        if (result === undefined) return false;
        resolve(result);
      } catch (error) {
        reject(error as Error);
      }
      return true;
    };
    this.#waiting.add(tryNow);
    return abortable(promise, signal).finally(() => this.#leave(tryNow));
  }

  #leave(tryNow: TryNow): void {
    this.#waiting.delete(tryNow);
    if (this.#waiting.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Wakes the waiting calls in `ms` milliseconds, unless they are woken sooner anyway. */
  wakeIn(ms: number, runtime: Clocks): void {
    const atMs = runtime.steadyNow() + ms;
    if (this.#timer && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    const fire = () => {
      this.#timer = undefined;
      this.wake();
    };
    const stop = new AbortController();
    this.#timer = { atMs, cancel: () => stop.abort() };
    runtime.sleep(ms, stop.signal).then(fire, () => {});
  }

  /** Lets every waiting call try again. Changes in one synchronous step wake the calls once. */
  wake(): void {
    if (this.#isWaking || this.#waiting.size === 0) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      for (const tryNow of this.#waiting) if (tryNow()) this.#waiting.delete(tryNow);
    });
  }
}

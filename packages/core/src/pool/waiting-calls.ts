import { abortable } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';

type Clocks = Pick<FullRuntime, 'sleep' | 'steadyNow'>;

/** Lets a call go on if it can now. Returns whether it does. */
type TryNow = () => boolean;

/** Calls that wait for something to change, first come, first served. */
export class WaitingCalls {
  readonly #waiting = new Set<TryNow>();
  #isWaking = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  /**
   * Resolves with what `ask` returns, as soon as that is something; rejects with what it throws, or when the signal is
   * aborted. It is asked each time that something has changed.
   */
  wait<T>(ask: () => T | undefined, signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const tryNow = () => {
      try {
        const answer = ask();
        if (answer === undefined) return false;
        resolve(answer);
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

  /** Asks every call that waits in `ms`, or sooner if that was asked for. */
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

  /** Something has changed: asks every call that waits, once for all changes of the moment. */
  wake(): void {
    if (this.#isWaking || this.#waiting.size === 0) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      for (const tryNow of this.#waiting) if (tryNow()) this.#waiting.delete(tryNow);
    });
  }
}

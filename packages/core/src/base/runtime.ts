import { abortable, type Timers } from './abortable.ts';

/** The clock, the timers and the random source; replaced in tests. */
export interface Runtime extends Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects at once with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 (inclusive) to 1. */
  random(): number;
}

function now(): number {
  return Date.now();
}

// Also for 0 ms through a timer: a loop that never gives the event loop a turn starves every other timer.
async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = timer(ms, resolve);
  await abortable(promise, signal).finally(cancel);
}

function timer(ms: number, fire: () => void, isInBackground = false): () => void {
  const handle = setTimeout(fire, ms);
  if (isInBackground) handle.unref();
  return () => clearTimeout(handle);
}

/** The real clock, timers and random source, looked up at each call so that fake timers work, except what is replaced. */
export function createRuntime(replaced: Partial<Runtime> = {}): Runtime {
  return {
    now: replaced.now?.bind(replaced) ?? now,
    sleep: replaced.sleep?.bind(replaced) ?? sleep,
    timer: replaced.timer?.bind(replaced) ?? timer,
    random: replaced.random?.bind(replaced) ?? (() => Math.random()),
  };
}

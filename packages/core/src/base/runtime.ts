import { abortable, type Timers } from './abortable.ts';

/** The clock, timers and random source of a key manager. Tests replace them, all together. */
export interface Runtime extends Timers {
  /** Returns the current time in ms since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds. Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  random(): number;
}

function now(): number {
  return Date.now();
}

// 0 ms also uses a timer: a loop that never yields to the event loop starves all other timers.
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

/** Returns the real runtime with the given parts replaced. Globals are read at each call, so that fake timers work. */
export function createRuntime(replaced: Partial<Runtime> = {}): Runtime {
  return {
    now: replaced.now?.bind(replaced) ?? now,
    sleep: replaced.sleep?.bind(replaced) ?? sleep,
    timer: replaced.timer?.bind(replaced) ?? timer,
    random: replaced.random?.bind(replaced) ?? (() => Math.random()),
  };
}

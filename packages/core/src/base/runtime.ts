import { abortable, type Timers } from './abortable.ts';
import { steadyClock } from './steady-clock.ts';

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

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = timer(ms, resolve);
  await abortable(promise, signal).finally(cancel);
}

function timer(ms: number, fire: () => void, isInBackground = false): () => void {
  // Still a turn of the event loop: a loop that never gives it one starves every other timer.
  if (ms === 0) {
    const immediate = setImmediate(fire);
    return () => clearImmediate(immediate);
  }
  const handle = setTimeout(fire, ms);
  if (isInBackground) handle.unref();
  return () => clearTimeout(handle);
}

/** A runtime with a clock that is never set, for waits: setting the system's clock neither ends nor prolongs them. */
export interface FullRuntime extends Runtime {
  /** Milliseconds since the epoch as of the start, going on with `performance.now()`. */
  steadyNow(): number;
}

/** Returns the real runtime with the given parts replaced. Globals are read at each call, so that fake timers work. */
export function createRuntime(replaced: Partial<Runtime> = {}): FullRuntime {
  return {
    now: replaced.now?.bind(replaced) ?? now,
    steadyNow: replaced.now?.bind(replaced) ?? steadyClock(),
    sleep: replaced.sleep?.bind(replaced) ?? sleep,
    timer: replaced.timer?.bind(replaced) ?? timer,
    random: replaced.random?.bind(replaced) ?? (() => Math.random()),
  };
}

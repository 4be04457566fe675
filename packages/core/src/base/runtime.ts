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
  // Also takes a turn of the event loop, because a loop of pauses of 0 ms would starve every other timer.
  if (ms === 0) {
    const immediate = setImmediate(fire);
    return () => clearImmediate(immediate);
  }
  const handle = setTimeout(fire, ms);
  if (isInBackground) handle.unref();
  return () => clearTimeout(handle);
}

/** A runtime with a steady clock for waits: setting the system's clock neither ends nor extends them. */
export interface FullRuntime extends Runtime {
  /** Returns the time in ms since the epoch, unaffected when the system's clock is set. */
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

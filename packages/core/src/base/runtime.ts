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
  // In a Worker with an old compatibility date, a handle is a number.
  if (isInBackground) handle.unref?.();
  return () => clearTimeout(handle);
}

/** A runtime with a steady clock for waits: setting the system's clock neither ends nor extends them. */
export interface FullRuntime extends Runtime {
  /** Returns the time in ms since the epoch, unaffected when the system's clock is set. */
  steadyNow(): number;
  /** The runtime that has replaced the clock; `undefined` for the real one. */
  readonly ownerOfClock: object | undefined;
}

/**
 * Returns the real runtime with the given parts replaced. Globals are read at each call, so that fake timers work.
 *
 * @example
 * const { steadyNow, timer } = createRuntime(options.runtime);
 */
export function createRuntime(replaced: Partial<Runtime> = {}): FullRuntime {
  return {
    ownerOfClock: replaced.now && replaced,
    now: replaced.now?.bind(replaced) ?? now,
    steadyNow: replaced.now?.bind(replaced) ?? steadyClock(),
    sleep: replaced.sleep?.bind(replaced) ?? sleep,
    timer: replaced.timer?.bind(replaced) ?? timer,
    random: replaced.random?.bind(replaced) ?? (() => Math.random()),
  };
}

const checkEveryMs = 1000;
const shortestSleepMs = 30_000;

/** How long the machine has been running, including sleep; `NaN` if the runtime does not know it. */
function uptimeMs(): number {
  try {
    const os = process.getBuiltinModule('node:os') as { uptime(): number } | undefined;
    return os ? os.uptime() * 1000 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** Whether no fake timers are installed: those replace `performance`, or give it an own `now`. */
function isReal(): boolean {
  return !Object.hasOwn(performance, 'now');
}

/**
 * Returns a clock in ms since the epoch that does not change when the system's clock is set. It starts at `Date.now()` and advances
 * with `performance.now()`.
 *
 * `performance.now()` stops while the machine sleeps, but its uptime does not. The clock adds the difference, so that a wait that
 * ended during the sleep is over. With fake timers it adds nothing, because fake time does not advance with the uptime.
 */
export function steadyClock(): () => number {
  let source = performance;
  let lastMs = performance.now();
  let epochMs = Date.now() - lastMs;
  let checkedAtMs = lastMs;
  let checkedUptimeMs = uptimeMs();

  function check(timeMs: number, passedMs: number): void {
    const nowUptimeMs = uptimeMs();
    const sleptMs = nowUptimeMs - checkedUptimeMs - passedMs;
    if (sleptMs >= shortestSleepMs && isReal()) epochMs += sleptMs;
    checkedAtMs = timeMs;
    checkedUptimeMs = nowUptimeMs;
  }

  return () => {
    const timeMs = performance.now();
    if (performance !== source || timeMs < lastMs) {
      // The source has changed. Continue from the last time; fake timers count from 0 at their installation.
      epochMs += lastMs - (isReal() ? timeMs : 0);
      source = performance;
      check(timeMs, Infinity);
    } else if (timeMs - checkedAtMs >= checkEveryMs) {
      check(timeMs, timeMs - checkedAtMs);
    }
    lastMs = timeMs;
    return Math.round(epochMs + timeMs);
  };
}

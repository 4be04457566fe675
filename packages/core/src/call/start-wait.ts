import { untilOneEndsMs } from '../limits/meters.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { RunningCall } from './running-call.ts';

/** A call that waits for another call's probe checks at this interval whether the probe has expired. */
export const probeCheckMs = 1000;
/** A call that waits for room is woken by the end of an attempt, and looks at this interval, in case that never comes. */
const runningCheckMs = 1000;
/** Waits are cut into parts, because one long timer misses that the machine slept or that its clock was set. */
const longestTimerMs = 60_000;

/**
 * Starts the wait for another call's probe of this key. Returns whether the call waits. With `onExhausted: 'fail'` it waits only
 * for the probe of a key that was refused as invalid: one call in any case looks whether such a key works again.
 */
export function startWaitForProbe(call: RunningCall, key: PooledKey): boolean {
  const { pool, bucket, settings } = call.plan;
  if (key.isClear(bucket)) return false;
  if (!call.waits && key.health.view.record.reason !== 'invalid-key') return false;
  if (call.waitedMs >= settings.maxWait || !key.isProbed(bucket, pool.clock.now())) return false;
  pool.waiting.wakeIn(Math.min(probeCheckMs, settings.maxWait - call.waitedMs), pool.runtime);
  return true;
}

/**
 * Starts the wait for room on a key that is full by its limit of a second. Returns whether the call waits. When its patience is
 * over, it uses the key anyway: a learned limit can be wrong.
 */
export function startWaitForRoom(call: RunningCall, key: PooledKey): boolean {
  const { pool } = call.plan;
  const waitMs = Math.min(pool.traffic.shortRoomInMs(key, pool.clock.now()), patienceLeftMs(call));
  if (waitMs <= 0 || isTooLate(call, waitMs)) return false;
  pool.waiting.wakeIn(waitMs, pool.runtime);
  return true;
}

/**
 * Starts the wait for the calls that came before and wait for room by configured limits. Returns whether the call waits: first come,
 * first served.
 */
export function startWaitForTurn(call: RunningCall): boolean {
  const { pool, settings } = call.plan;
  const { draw } = call;
  if (!pool.limits.isActive || pool.limits.isFirst(call, draw)) return false;
  // One that does not wait gives the others its patience for one pause only.
  const leftMs = call.waits ? settings.maxWait - call.waitedMs : settings.delay - call.waitingMs;
  if (leftMs <= 0 || isTooLate(call, 0)) return false;
  pool.limits.join(call, draw);
  pool.waiting.wakeIn(Math.min(leftMs, longestTimerMs), pool.runtime);
  return true;
}

/** Whether a call waits for room by configured limits, on any key. */
export function isForRoom({ plan: { pool }, draw }: RunningCall): boolean {
  const now = pool.clock.now();
  return pool.limits.isActive && pool.keys.some((key) => pool.limits.roomInMs(key, draw, now) > 0);
}

/** The time in ms until a call that waits for a key looks again, if nothing wakes it before. */
export function wakeAfterMs(waitMs: number, patienceMs: number): number {
  return waitMs === untilOneEndsMs ? Math.min(patienceMs, runningCheckMs) : Math.min(waitMs, longestTimerMs);
}

/** The time in ms that a call still waits for its next key: in total at most `maxRetries` pauses. */
export function patienceLeftMs(call: RunningCall): number {
  const { delay, maxRetries } = call.plan.settings;
  return Math.max(0, delay * maxRetries - call.waitingMs);
}

/** Whether a pause would last beyond the call's deadline. */
export function isTooLate({ timeouts }: RunningCall, pauseMs: number): boolean {
  return timeouts !== undefined && pauseMs >= timeouts.remainingMs();
}

/**
 * Starts the wait for the first key to recover, if `onExhausted: 'wait'` allows one. The call then starts over with all keys.
 * Returns whether the call waits.
 */
export function startWaitForRecovery(call: RunningCall): boolean {
  const { pool, settings } = call.plan;
  if (!call.waits) return false;
  const waitMs = pool.soonestRecoveryMs(call.draw);
  if (waitMs === undefined || call.waitedMs + waitMs > settings.maxWait) return false;
  if (isTooLate(call, waitMs)) return false;
  call.startOver();
  if (isForRoom(call)) pool.limits.join(call, call.draw);
  call.beginWaiting();
  pool.waiting.wakeIn(wakeAfterMs(waitMs, settings.maxWait - call.waitedMs), pool.runtime);
  return true;
}

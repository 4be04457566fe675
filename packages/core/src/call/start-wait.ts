import { untilOneEndsMs } from '../limits/meters.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { canGoOn, waitsForRecovery } from './pools-of-call.ts';
import type { RunningCall } from './running-call.ts';

/** A call that waits for another call's probe checks at this interval whether the probe has expired. */
export const probeCheckMs = 1000;
/** A call that waits for room is woken by the end of an attempt, and looks at this interval, in case that never comes. */
const runningCheckMs = 1000;
/** When a call that waits for the end of an attempt may ask the keys again that it has used up: as long as a suspicion lasts. */
const reopenMs = 30_000;

/**
 * Starts the wait for another call's probe of this key. Returns whether the call waits. With `onExhausted: 'fail'` it waits only
 * for the probe of a key that was refused as invalid: one call in any case looks whether such a key works again.
 */
export function startWaitForProbe(call: RunningCall, key: PooledKey): boolean {
  const { pool, bucket, settings } = call.plan;
  if (key.isClear(bucket)) return false;
  if (!waitsForRecovery(call) && key.health.view.record.reason !== 'invalid-key') return false;
  if (call.wait.totalMs >= settings.maxWait || !key.isProbed(bucket, pool.clock.now())) return false;
  call.wait.atMost(Math.min(probeCheckMs, settings.maxWait - call.wait.totalMs));
  return true;
}

/**
 * Starts the wait for room on a key that is full by its limit of a second. Returns whether the call waits. When its patience is
 * over, it uses the key anyway: a learned limit can be wrong.
 */
export function startWaitForRoom(call: RunningCall, key: PooledKey): boolean {
  const { pool } = call.plan;
  const roomInMs = pool.traffic.shortRoomInMs(key, pool.clock.now());
  if (roomInMs <= 0) return false;
  const waitMs = Math.min(roomInMs, patienceLeftMs(call));
  if (waitMs <= 0 || call.timeouts?.endsWithin(waitMs)) return false;
  call.wait.atMost(waitMs);
  return true;
}

/**
 * Starts the wait for the calls that came before and wait for the same room, also with the key that the call wants to try again.
 * Returns whether the call waits. @throws the error with which it goes on in another pool, if that can serve it now
 */
export function startWaitForTurn(call: RunningCall, again?: PooledKey): boolean {
  const { pool, settings } = call.plan;
  if (!pool.waiting.isForRoom || (again && !pool.isUsable(again, call.draw))) return false;
  const line = lineOf(call, again);
  if (!pool.waiting.wouldOvertake(line)) return false;
  if (canGoOn(call)) throw call.exhaust();
  // One that does not wait gives the others its patience for one pause only.
  const leftMs = waitsForRecovery(call) ? settings.maxWait - call.wait.totalMs : settings.delay - call.wait.currentMs;
  if (leftMs <= 0 || call.timeouts?.endsWithin(0)) return false;
  call.wait.atMost(leftMs, line);
  return true;
}

/**
 * The line of the calls that need the same room: in the same bucket, on the same keys. What they cost makes no difference, because
 * small calls that pass a large one would keep it waiting forever.
 */
function lineOf({ draw, used = new Set() }: RunningCall, again?: PooledKey): string {
  const givenUp = [...used]
    .filter((key) => key !== again)
    .map(({ ref }) => ref.keyId)
    .toSorted();
  return [draw.only?.ref.keyId, givenUp, draw.bucket].join(' ');
}

/** Starts the wait until a key is back or has room, for `waitMs` at most `patienceMs`. */
export function startWaitForKey(call: RunningCall, waitMs: number, patienceMs: number): void {
  const { pool } = call.plan;
  const { draw } = call;
  const now = pool.clock.now();
  const isForRoom = pool.limits.isActive && pool.keys.some((key) => pool.limits.roomInMs(key, draw, now) > 0);
  call.wait.atMost(wakeAfterMs(waitMs, patienceMs), isForRoom ? lineOf(call) : undefined);
}

/** The time in ms until a call that waits for a key looks again, if nothing wakes it before. */
function wakeAfterMs(waitMs: number, patienceMs: number): number {
  return waitMs === untilOneEndsMs ? Math.min(patienceMs, runningCheckMs) : waitMs;
}

/** The time in ms that a call still waits for its next key: in total at most `maxRetries` pauses, and never beyond `maxWait`. */
export function patienceLeftMs(call: RunningCall): number {
  const { delay, maxRetries, onExhausted, maxWait } = call.plan.settings;
  const leftMs = delay * maxRetries - call.wait.currentMs;
  return Math.max(0, onExhausted === 'wait' ? Math.min(leftMs, maxWait - call.wait.totalMs) : leftMs);
}

/**
 * Starts the wait for the first key to recover, if `onExhausted: 'wait'` allows one. The call then starts over, at first without the
 * keys that it has used up. Returns whether the call waits. @throws the error with which it goes on in another pool
 */
export function startWaitForRecovery(call: RunningCall): boolean {
  const { pool, settings } = call.plan;
  if (!waitsForRecovery(call)) return false;
  // A key on which all attempts have failed has not recovered when it has room again.
  const isUsedUp = (key: PooledKey) => call.attemptsOn(key) >= settings.maxRetries;
  const waitMs = pool.soonestRecoveryMs(call.draw, call.failures.length > 0 ? isUsedUp : undefined);
  if (waitMs === undefined || call.wait.totalMs + Math.max(1, waitMs) > settings.maxWait) return false;
  if (call.timeouts?.endsWithin(waitMs)) return false;
  if (canGoOn(call)) throw call.exhaust();
  const patienceMs = settings.maxWait - call.wait.totalMs;
  call.startOver(Math.min(waitMs === untilOneEndsMs ? reopenMs : waitMs, patienceMs));
  call.wait.begin();
  startWaitForKey(call, waitMs, patienceMs);
  return true;
}

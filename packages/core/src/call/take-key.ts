import { untilOneEndsMs } from '../limits/meters.ts';
import { longestRested, soonestAvailable } from '../pool/recovery.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { deadlineExceeded } from './exhaustion-errors.ts';
import type { RunningCall } from './running-call.ts';

const mostScouts = 32;
/** A call that waits for another call's probe checks at this interval whether the probe has expired. */
const probeCheckMs = 1000;
/** A call that waits for room is woken by the end of an attempt, and looks at this interval, in case that never comes. */
const runningCheckMs = 1000;
/** Waits are cut into parts, because one long timer misses that the machine slept or that its clock was set. */
const longestTimerMs = 60_000;

/** The key of a call's next attempt; `delayMs` if the call returns to a key that has attempts left. */
export interface TakenKey {
  readonly key: PooledKey;
  readonly delayMs?: number;
}

/** Takes the next key, after a wait in the pool's queue until one can be used. */
export function waitForKey(call: RunningCall): Promise<TakenKey> {
  return call.waitInQueue(() => {
    const taken = takeKeyNow(call);
    if (taken) call.reserve(taken.key);
    return taken;
  });
}

/** Takes the next key that can be used now; `undefined` if the call has to wait. @throws the error that ends the call */
export function takeKeyNow(call: RunningCall): TakenKey | undefined {
  const { settings } = call.plan;
  settings.signal?.throwIfAborted();
  // Otherwise this call, and others, would wait for a probe that this call no longer makes.
  call.endProbe();
  call.giveUpRoom();
  if (startWaitForTurn(call)) return undefined;
  const key = nextKey(call);
  if (!key) return takeLastResort(call);
  if (startWaitForProbe(call, key) || startWaitForRoom(call, key)) return undefined;
  const admission = admit(call, key);
  if (!admission) return undefined;
  call.moveTo(key);
  if (admission === 'scout') call.scout();
  return { key };
}

/** The key that comes next: where no token is left to try one in doubt, the first one that nothing speaks against. */
function nextKey(call: RunningCall): PooledKey | undefined {
  const { pool, bucket } = call.plan;
  const key = pool.select(call.draw, call.used);
  const isTokenNeeded = call.failures.at(-1)?.verdict.kind === 'transient' && !call.holdsToken;
  if (!key || !isTokenNeeded || !pool.budget || pool.budget.hasToken) return key;
  const isSafe = (other: PooledKey) =>
    other.isClear(bucket) && !call.used?.has(other) && pool.isUsable(other, call.draw);
  return isSafe(key) ? key : (pool.keys.find(isSafe) ?? key);
}

/**
 * How the call may use this key now; `undefined` if it has to wait.
 *
 * After a failure that only concerns the last key, the call goes on. A transient failure can mean that the provider is down: then
 * the key must have worked since, or the call tries it for others (a scout), or takes a token of the retry budget.
 */
function admit(call: RunningCall, key: PooledKey): 'go' | 'scout' | undefined {
  const { pool, bucket } = call.plan;
  const { budget } = pool;
  const last = call.failures.at(-1);
  if (!budget || last?.verdict.kind !== 'transient') return 'go';
  if (key.isClear(bucket)) {
    const { provenSequence, scouts } = pool.traffic.of(key);
    if (provenSequence > last.sequence) return 'go';
    const isPaidFor = scouts < mostScouts && budget.lend(call);
    // Even without a token, one scout at a time tries a healthy key: a call must not end before it has tried them all.
    return isPaidFor || scouts === 0 ? 'scout' : undefined;
  }
  if (budget.lend(call)) return 'go';
  if (budget.mayComeBack) return undefined;
  throw call.exhaust(true);
}

/**
 * Starts the wait for another call's probe of this key. Returns whether the call waits. With `onExhausted: 'fail'` it waits only
 * for the probe of a key that was refused as invalid: one call in any case looks whether such a key works again.
 */
function startWaitForProbe(call: RunningCall, key: PooledKey): boolean {
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
function startWaitForRoom(call: RunningCall, key: PooledKey): boolean {
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
function startWaitForTurn(call: RunningCall): boolean {
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
function isForRoom({ plan: { pool }, draw }: RunningCall): boolean {
  const now = pool.clock.now();
  return pool.limits.isActive && pool.keys.some((key) => pool.limits.roomInMs(key, draw, now) > 0);
}

/** The time in ms until a call that waits for a key looks again, if nothing wakes it before. */
function wakeAfterMs(waitMs: number, patienceMs: number): number {
  return waitMs === untilOneEndsMs ? Math.min(patienceMs, runningCheckMs) : Math.min(waitMs, longestTimerMs);
}

/** The time in ms that a call still waits for its next key: in total at most `maxRetries` pauses. */
function patienceLeftMs(call: RunningCall): number {
  const { delay, maxRetries } = call.plan.settings;
  return Math.max(0, delay * maxRetries - call.waitingMs);
}

/**
 * What a call does when no key can be selected, in this order: return to a key with attempts left, wait, try a key that only a
 * guess keeps out, pause for the first key to recover.
 */
function takeLastResort(call: RunningCall): TakenKey | undefined {
  const { pool, bucket, settings } = call.plan;
  const early = call.keyLeftEarly();
  if (early) {
    if (pool.budget && !pool.budget.hasToken && !pool.budget.mayComeBack) throw call.exhaust(true);
    if (isTooLate(call, settings.delay)) throw call.hasFallback ? call.exhaust() : deadlineExceeded(call);
    call.moveTo(early);
    return { key: early, delayMs: settings.delay };
  }
  if (startWaitForRecovery(call)) return undefined;
  const { only } = call.draw;
  const mayTry = (key: PooledKey) => (!only || key === only) && call.attemptsOn(key) < settings.maxRetries;
  const mayGuess = (key: PooledKey) => mayTry(key) && pool.limits.roomInMs(key, call.draw, pool.clock.now()) === 0;
  const guessed = hasLastResortFailed(call) ? undefined : longestRested(pool, bucket, mayGuess);
  if (guessed) return tryGuessedKey(call, guessed);
  const soon = soonestAvailable(pool, call.draw, mayTry);
  if (!soon || soon.waitMs > Math.min(settings.delay, patienceLeftMs(call)) || isTooLate(call, soon.waitMs)) {
    throw call.exhaust();
  }
  if (soon.waitMs > 0) {
    if (isForRoom(call)) pool.limits.join(call, call.draw);
    pool.waiting.wakeIn(wakeAfterMs(soon.waitMs, patienceLeftMs(call)), pool.runtime);
    return undefined;
  }
  if (startWaitForRoom(call, soon.key)) return undefined;
  call.moveTo(soon.key);
  return { key: soon.key, delayMs: 0 };
}

/** Whether a pause would last beyond the call's deadline. */
function isTooLate({ timeouts }: RunningCall, pauseMs: number): boolean {
  return timeouts !== undefined && pauseMs >= timeouts.remainingMs();
}

/**
 * Starts the wait for the first key to recover, if `onExhausted: 'wait'` allows one. The call then starts over with all keys.
 * Returns whether the call waits.
 */
function startWaitForRecovery(call: RunningCall): boolean {
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

/** Tries a key that only a guess keeps out, once, before the call fails. Other calls wait for the outcome. */
function tryGuessedKey(call: RunningCall, key: PooledKey): TakenKey | undefined {
  const { pool } = call.plan;
  if (key.isTriedAsGuess()) {
    call.lastResort ??= { key, before: key.health.view };
    pool.waiting.wakeIn(probeCheckMs, pool.runtime);
    return undefined;
  }
  call.lastResort = { key };
  call.moveTo(key);
  return { key };
}

/** Whether the last resort has failed, tried by this call or by the one that it waited for. */
function hasLastResortFailed({ lastResort }: RunningCall): boolean {
  return lastResort !== undefined && lastResort.key.health.view !== lastResort.before;
}

/** Whether the outcome of another call has taken a key out, after this call had been told to use it. */
export function wasTakenOut(call: RunningCall, { key }: TakenKey): boolean {
  const { plan, lastResort } = call;
  const { pool, bucket } = plan;
  const isLastResort = lastResort?.key === key && pool.keys.includes(key) && key.isOutByGuess(bucket, pool.clock.now());
  return !pool.isUsable(key, call.drawOn(key)) && !isLastResort;
}

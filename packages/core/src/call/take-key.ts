import { longestRested, soonestAvailable } from '../pool/recovery.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { allKeysFailed, budgetSpent, deadlineExceeded } from './exhaustion-errors.ts';
import type { RunningCall } from './running-call.ts';

const mostScouts = 32;
const mostTokensForRetry = 4;
/** How often a call that waits for another call's probe looks whether that has come to nothing. */
const lookAgainMs = 1000;
/** A timer notices neither that the machine has slept nor that its clock was set beyond a date. */
const longestNapMs = 60_000;

/** The key of a call's next attempt; `delayMs` where it comes back to a key that still has attempts left. */
export interface TakenKey {
  readonly key: PooledKey;
  readonly delayMs?: number;
}

/** Takes the next key. A call that has to wait for another call's outcome, or for a key, waits in the pool's queue. */
export function waitForKey(call: RunningCall): Promise<TakenKey> {
  return call.waitInQueue(() => takeKeyNow(call));
}

/** Takes the next key, if one can be used now; `undefined` when the call has to wait. Throws what ends the call. */
export function takeKeyNow(call: RunningCall): TakenKey | undefined {
  const { settings } = call.plan;
  settings.signal?.throwIfAborted();
  // The turn to try the last key is over: neither this call nor another one may wait for it.
  call.endProbe();
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
  const key = pool.select(bucket, call.used);
  const isTokenNeeded = call.failures.at(-1)?.verdict.kind === 'transient' && !call.holdsToken;
  if (!key || !isTokenNeeded || !pool.budget || pool.budget.hasToken) return key;
  const now = pool.clock.now();
  const isSafe = (other: PooledKey) => other.isHealthy(bucket, now) && !call.used?.has(other);
  return isSafe(key) ? key : (pool.keys.find(isSafe) ?? key);
}

/**
 * Whether the call may fall over to this key now. After a key's own trouble it may; after trouble that may be the
 * provider's, only to a key that is known to work, as a scout for others, or with a token of the retry budget.
 */
function admit(call: RunningCall, key: PooledKey): 'go' | 'scout' | undefined {
  const { pool, bucket } = call.plan;
  const { budget } = pool;
  const last = call.failures.at(-1);
  if (!budget || last?.verdict.kind !== 'transient') return 'go';
  if (key.isHealthy(bucket, pool.clock.now())) {
    const { provenSequence, scouts } = pool.traffic.of(key);
    if (provenSequence > last.sequence) return 'go';
    const isPaidFor = scouts < mostScouts && budget.lend(call);
    // A call never ends while a key that nothing speaks against has not been asked.
    return isPaidFor || scouts === 0 ? 'scout' : undefined;
  }
  if (budget.lend(call)) return 'go';
  if (budget.mayComeBack) return undefined;
  throw budgetSpent(call);
}

/**
 * Starts the wait for another call's probe of this key. Returns whether the call waits. With `onExhausted: 'fail'` it waits only
 * for the probe of a key that was refused as invalid: one call in any case looks whether such a key works again.
 */
function startWaitForProbe(call: RunningCall, key: PooledKey): boolean {
  const { pool, bucket, settings } = call.plan;
  if (key.isClear(bucket)) return false;
  if (settings.onExhausted !== 'wait' && key.health.view.record.reason !== 'invalid-key') return false;
  if (call.waitedMs >= settings.maxWait || !key.isProbed(bucket, pool.clock.now())) return false;
  pool.waiting.wakeIn(Math.min(lookAgainMs, settings.maxWait - call.waitedMs), pool.runtime);
  return true;
}

/**
 * Starts the wait for room on a key that is full for a moment. Returns whether the call waits: it does for a while, and then asks
 * all the same, because what was learned is no lock.
 */
function startWaitForRoom(call: RunningCall, key: PooledKey): boolean {
  const { pool } = call.plan;
  const waitMs = Math.min(pool.traffic.shortRoomInMs(key, pool.clock.now()), patienceLeftMs(call));
  if (waitMs <= 0 || isTooLate(call, waitMs)) return false;
  pool.waiting.wakeIn(waitMs, pool.runtime);
  return true;
}

/** How long a call still waits for its next key: at most as long as its pauses on one key would take. */
function patienceLeftMs(call: RunningCall): number {
  const { delay, maxRetries } = call.plan.settings;
  return Math.max(0, delay * maxRetries - call.waitingMs);
}

/** What is left when no key can be selected. */
function takeLastResort(call: RunningCall): TakenKey | undefined {
  const { pool, bucket, settings } = call.plan;
  const early = call.keyLeftEarly();
  if (early) {
    if (pool.budget && !pool.budget.hasToken && !pool.budget.mayComeBack) throw budgetSpent(call);
    if (isTooLate(call, settings.delay)) throw deadlineExceeded(call);
    call.moveTo(early);
    return { key: early, delayMs: settings.delay };
  }
  if (startWaitForRecovery(call)) return undefined;
  const mayAsk = (key: PooledKey) => call.attemptsOn(key) < settings.maxRetries;
  const guessed = hasLastResortFailed(call) ? undefined : longestRested(pool, bucket, mayAsk);
  if (guessed) return askGuessedKey(call, guessed);
  const soon = soonestAvailable(pool, bucket, mayAsk);
  if (!soon || soon.waitMs > Math.min(settings.delay, patienceLeftMs(call)) || isTooLate(call, soon.waitMs)) {
    throw allKeysFailed(call);
  }
  if (soon.waitMs > 0) {
    pool.waiting.wakeIn(soon.waitMs, pool.runtime);
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
  const { pool, bucket, settings } = call.plan;
  if (settings.onExhausted === 'fail') return false;
  const waitMs = pool.soonestRecoveryMs(bucket);
  if (waitMs === undefined || call.waitedMs + waitMs > settings.maxWait) return false;
  if (isTooLate(call, waitMs)) return false;
  call.startOver();
  call.beginWaiting();
  pool.waiting.wakeIn(Math.min(waitMs, longestNapMs), pool.runtime);
  return true;
}

/** A key that is out by a guess is asked once rather than to fail; calls that come meanwhile wait for the outcome. */
function askGuessedKey(call: RunningCall, key: PooledKey): TakenKey | undefined {
  const { pool } = call.plan;
  if (key.health.permit.isHeld(pool.clock.now())) {
    call.lastResort ??= { key, before: key.health.view };
    pool.waiting.wakeIn(lookAgainMs, pool.runtime);
    return undefined;
  }
  call.lastResort = { key };
  call.moveTo(key);
  return { key };
}

/** Whether a last resort was asked, by this call or the one that it waited for, and has failed. */
function hasLastResortFailed({ lastResort }: RunningCall): boolean {
  return lastResort !== undefined && lastResort.key.health.view !== lastResort.before;
}

/** Tokens that one more attempt on a key needs: fewer would trickle away in walks that cannot end. */
export function tokensForRetry(attemptsMade: number, maxRetries: number): number {
  return Math.max(1, Math.min(maxRetries - attemptsMade, mostTokensForRetry));
}

/**
 * Pauses before another attempt on a key, and waits for a token of the retry budget where one is needed. `false` when the call
 * should go on with another key instead.
 */
export async function waitToRetry(call: RunningCall, { key, delayMs = 0 }: TakenKey): Promise<boolean> {
  const { pool, settings } = call.plan;
  await pool.runtime.sleep(delayMs, settings.signal);
  const mayGo = mayRetryNow(call, key);
  return mayGo ?? call.waitInQueue(() => mayRetryNow(call, key));
}

/** Whether the call may try its key again; `undefined` while it waits for a token. */
function mayRetryNow(call: RunningCall, key: PooledKey): boolean | undefined {
  const { pool, bucket } = call.plan;
  const { budget } = pool;
  const isInDoubt = !key.isHealthy(bucket, pool.clock.now());
  const isLeft = !pool.isUsable(key, bucket) || (isInDoubt && isBetterKeyLeft(call));
  // One call tries a recovering key; the others take another one, if there is any.
  const isOtherCallsTurn = !isLeft && !call.probe(key) && call.hasNextKey();
  if (isLeft || isOtherCallsTurn) {
    budget?.giveBack(call);
    pool.waiting.wake();
    call.leaveEarly();
    return false;
  }
  if (!budget || call.holdsToken || budget.lend(call)) return true;
  if (budget.mayComeBack) return undefined;
  call.leaveEarly();
  return false;
}

/** Whether a key that nothing speaks against is left for a call that gives its key up. */
export function isBetterKeyLeft(call: RunningCall): boolean {
  const { pool, bucket } = call.plan;
  return pool.select(bucket, call.used)?.isHealthy(bucket, pool.clock.now()) ?? false;
}

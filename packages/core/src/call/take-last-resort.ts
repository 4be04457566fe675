import { longestRested, soonestAvailable } from '../pool/recovery.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { deadlineExceeded } from './exhaustion-errors.ts';
import { hasFailed } from './last-resort.ts';
import { canGoOn } from './pools-of-call.ts';
import type { RunningCall } from './running-call.ts';
import { patienceLeftMs, probeCheckMs, startWaitForKey, startWaitForRecovery, startWaitForRoom } from './start-wait.ts';
import type { TakenKey } from './taken-key.ts';

/**
 * What a call does when no key can be selected, in this order: return to a key with attempts left, wait, try a key that only a
 * guess keeps out, pause for the first key to recover.
 */
export function takeLastResort(call: RunningCall): TakenKey | undefined {
  const { pool, bucket, settings } = call.plan;
  const early = call.givenUp?.findLeftEarly((key) => pool.isUsable(key, call.draw));
  if (early) {
    if (pool.budget && !pool.budget.hasToken && !pool.budget.mayComeBack) throw call.exhaust(true);
    if (call.timeouts?.endsWithin(settings.delay)) throw call.hasFallback ? call.exhaust() : deadlineExceeded(call);
    call.moveTo(early);
    return { key: early, delayMs: settings.delay };
  }
  if (startWaitForRecovery(call)) return undefined;
  const { only } = call.draw;
  const mayTry = (key: PooledKey) => (!only || key === only) && call.attemptsOn(key) < settings.maxRetries;
  const mayGuess = (key: PooledKey) => mayTry(key) && pool.limits.roomInMs(key, call.draw, pool.clock.now()) === 0;
  const guessed = call.lastResort && hasFailed(call.lastResort) ? undefined : longestRested(pool, bucket, mayGuess);
  if (guessed) return tryGuessedKey(call, guessed);
  const soon = soonestAvailable(pool, call.draw, mayTry);
  if (!soon || soon.waitMs > Math.min(settings.delay, patienceLeftMs(call)) || call.timeouts?.endsWithin(soon.waitMs)) {
    throw call.exhaust();
  }
  if (soon.waitMs > 0) {
    if (canGoOn(call)) throw call.exhaust();
    startWaitForKey(call, soon.waitMs, patienceLeftMs(call));
    return undefined;
  }
  if (startWaitForRoom(call, soon.key)) return undefined;
  call.moveTo(soon.key);
  return { key: soon.key, delayMs: 0 };
}

/** Tries a key that only a guess keeps out, once, before the call fails. Other calls wait for the outcome. */
function tryGuessedKey(call: RunningCall, key: PooledKey): TakenKey | undefined {
  if (key.isTriedAsGuess()) {
    call.lastResort ??= { key, before: key.health.view };
    call.wait.atMost(probeCheckMs);
    return undefined;
  }
  call.lastResort = { key };
  call.moveTo(key);
  return { key };
}

import type { PooledKey } from '../state/pooled-key.ts';
import type { RunningCall } from './running-call.ts';
import { startWaitForTurn } from './start-wait.ts';
import type { TakenKey } from './taken-key.ts';

const mostTokensForRetry = 4;

/** The tokens that must be left for one more attempt on a key. With fewer, calls would start retries that they cannot finish. */
export function tokensForRetry(attemptsMade: number, maxRetries: number): number {
  return Math.max(1, Math.min(maxRetries - attemptsMade, mostTokensForRetry));
}

/**
 * Pauses before another attempt on a key, then waits for its turn, and for a token of the retry budget if one is needed. Resolves to
 * `false` if the call should take another key instead.
 *
 * After its pause the call joins the end of the line: it has had a place, those in the line have had none. From then on it keeps its
 * position, so that new calls cannot pass it forever.
 */
export async function waitToRetry(call: RunningCall, { key, delayMs = 0 }: TakenKey): Promise<boolean> {
  const { pool, settings } = call.plan;
  await pool.runtime.sleep(delayMs, settings.signal);
  const mayGo = startWaitForTurn(call, key) ? undefined : mayRetryNow(call, key);
  return mayGo ?? call.wait.inQueue(() => mayRetryNow(call, key));
}

/** Whether the call, whose turn it is, may try its key again; `undefined` if it has to wait for a token. */
function mayRetryNow(call: RunningCall, key: PooledKey): boolean | undefined {
  const { pool } = call.plan;
  const { budget } = pool;
  const isLeft = !pool.isUsable(key, call.draw) || (isSecondChoice(call, key) && isBetterKeyLeft(call));
  // One call probes a recovering key. The others take another key, if one is left.
  const isOtherCallsTurn = !isLeft && !call.claims.probe(key) && call.hasNextKey();
  if (isLeft || isOtherCallsTurn) {
    budget?.giveBack(call);
    pool.waiting.wake();
    call.leaveEarly();
    return false;
  }
  if (!budget || call.holdsToken || budget.lend(call)) {
    call.claims.reserve(key, call.draw);
    return true;
  }
  if (budget.mayComeBack) return undefined;
  call.leaveEarly();
  return false;
}

/** Whether a healthy key with room is left for a call that gives up its current one. */
export function isBetterKeyLeft(call: RunningCall): boolean {
  const key = call.plan.pool.select(call.draw, call.used);
  return key !== undefined && !isSecondChoice(call, key);
}

/** Whether other keys come first. */
export function isSecondChoice(call: RunningCall, key: PooledKey): boolean {
  return call.plan.pool.selection.isSecondChoice(key, call.draw);
}

import { allKeysFailed } from './all-keys-failed.ts';
import { pauseBeforeRetry } from './pause-before-retry.ts';
import type { RunningAttempt } from './running-attempt.ts';

/**
 * Judges a failed attempt and lets it count; gives back the ms to wait before the same key is tried again, or
 * `undefined` for the next key.
 *
 * Throws what ends the call: the abort's reason, the caller's own error, or a spent retry budget.
 */
export function afterFailure(attempt: RunningAttempt, error: unknown): number | undefined {
  const { call, key, number } = attempt;
  const { pool, settings, failures, walk } = call;
  if (settings.signal?.aborted) {
    pool.abandon(attempt);
    throw settings.signal.reason;
  }
  const verdict = pool.judge(attempt, error);
  const pauseMs = pauseBeforeRetry(verdict, number, settings, pool.environment);
  const delayMs = pauseMs === undefined || pool.allowRetry(settings.maxRetries) ? pauseMs : undefined;
  pool.fail(attempt, verdict, error, delayMs);
  if (verdict.kind === 'caller-error') throw error;
  failures.push({ key, attempt: number, verdict, error, delayMs });
  if (delayMs !== undefined) return delayMs;
  pool.health.strike(attempt, verdict);
  // Another key does not help a provider in trouble; going on after a key's own trouble costs no budget.
  if (verdict.kind === 'transient' && walk.hasNext() && !pool.allowRetry(settings.maxRetries)) {
    throw allKeysFailed(call, 'Too many retries lately');
  }
  return undefined;
}

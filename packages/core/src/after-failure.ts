import { allKeysFailed, deadlineExceeded } from './all-keys-failed.ts';
import { isAmbiguous } from './error-classification.ts';
import { pauseBeforeRetry } from './pause-before-retry.ts';
import type { ErrorVerdict } from './verdict.ts';
import type { RunningAttempt } from './running-attempt.ts';

const timedOut: ErrorVerdict = { kind: 'transient', reason: 'attempt_timeout' };

/**
 * Judges a failed attempt and lets it count; gives back the ms to wait before the same key is tried again, or
 * `undefined` for the next key.
 *
 * Throws what ends the call: the abort's reason, the caller's own error, a passed deadline, or a spent retry budget.
 */
export function afterFailure(attempt: RunningAttempt, error: unknown): number | undefined {
  const { call, key, number } = attempt;
  const { failures } = call;
  const { pool, settings } = call.plan;
  if (settings.signal?.aborted || attempt.limits?.exceeded === 'deadline') {
    pool.abandon(attempt);
    throw settings.signal?.aborted ? settings.signal.reason : deadlineExceeded(call);
  }
  const verdict = attempt.limits?.exceeded === 'attempt' ? timedOut : pool.judge(attempt, error);
  const mayHaveWorked = !settings.idempotent && verdict.kind === 'transient' && isAmbiguous(error);
  const pauseMs = mayHaveWorked ? undefined : pauseBeforeRetry(verdict, number, settings, pool.environment);
  const isTooLong = pauseMs !== undefined && call.limits !== undefined && pauseMs >= call.limits.remainingMs();
  const mayPause = pauseMs !== undefined && !isTooLong && pool.allowRetry(settings.maxRetries);
  const delayMs = mayPause ? pauseMs : undefined;
  pool.fail(attempt, verdict, error, delayMs);
  if (verdict.kind === 'caller-error') throw error;
  failures.push({ key, attempt: number, verdict, error, delayMs });
  if (delayMs !== undefined) return delayMs;
  if (isTooLong && !call.hasNextKey()) throw deadlineExceeded(call);
  pool.health.strike(attempt, verdict);
  if (mayHaveWorked) throw error;
  // Another key does not help a provider in trouble; going on after a key's own trouble costs no budget.
  if (verdict.kind === 'transient' && call.hasNextKey() && !pool.allowRetry(settings.maxRetries)) {
    throw allKeysFailed(call, true);
  }
  return undefined;
}

import type { ErrorVerdict } from '../base/verdict.ts';
import { judgeFailure } from '../pool/observe-response.ts';
import { isAmbiguous } from '../provider/classify-error.ts';
import { recordAbandonment, recordFailure } from './attempt-recorder.ts';
import { allKeysFailed, deadlineExceeded } from './exhaustion-errors.ts';
import { pauseBeforeRetry } from './retry-delay.ts';
import type { RunningAttempt } from './running-attempt.ts';

/** What a call does after a failed attempt. */
export type Decision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'next-key' }
  | { readonly kind: 'stop'; readonly error: unknown };

const timedOut: ErrorVerdict = { kind: 'transient', reason: 'attempt_timeout' };
const nextKey: Decision = { kind: 'next-key' };

function stop(error: unknown): Decision {
  return { kind: 'stop', error };
}

/** Judges a failed attempt, records it, and decides how the call goes on. */
export function decideAfterFailure(attempt: RunningAttempt, error: unknown): Decision {
  const { call, key, attemptNumber, timeouts } = attempt;
  const { pool, settings } = call.plan;
  if (settings.signal?.aborted || timeouts?.exceeded === 'deadline') {
    recordAbandonment(attempt);
    return stop(settings.signal?.aborted ? settings.signal.reason : deadlineExceeded(call));
  }
  const verdict = timeouts?.exceeded === 'attempt' ? timedOut : judgeFailure(pool, key, error, settings.operation);
  const mayHaveWorked = !settings.idempotent && verdict.kind === 'transient' && isAmbiguous(error);
  const pauseMs = mayHaveWorked ? undefined : pauseBeforeRetry(verdict, attemptNumber, settings, pool.runtime);
  const isTooLong = pauseMs !== undefined && call.timeouts !== undefined && pauseMs >= call.timeouts.remainingMs();
  const mayRetry = pauseMs !== undefined && !isTooLong && pool.allowRetry(settings.maxRetries);
  const delayMs = mayRetry ? pauseMs : undefined;
  recordFailure(attempt, verdict, error, delayMs);
  if (verdict.kind === 'caller-error') return stop(error);
  call.failures.push({ key, attemptNumber, verdict, error, delayMs });
  if (delayMs !== undefined) return { kind: 'retry', delayMs };
  if (isTooLong && !call.hasNextKey()) return stop(deadlineExceeded(call));
  pool.health.strike(attempt, verdict);
  if (mayHaveWorked) return stop(error);
  // Another key does not help a provider in trouble; going on after a key's own trouble costs no budget.
  const needsBudget = verdict.kind === 'transient' && call.hasNextKey();
  return needsBudget && !pool.allowRetry(settings.maxRetries) ? stop(allKeysFailed(call, true)) : nextKey;
}

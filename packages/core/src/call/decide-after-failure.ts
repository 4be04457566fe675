import type { ErrorVerdict } from '../base/verdict.ts';
import { classifyFailure } from '../pool/observe-response.ts';
import { isAmbiguous } from '../provider/classify-error.ts';
import { errorForCaller } from '../provider/unrecoverable-error.ts';
import { isVague } from '../state/health-view.ts';
import { recordAbandonment, recordFailure } from './attempt-recorder.ts';
import { deadlineExceeded } from './exhaustion-errors.ts';
import type { Failure } from './failed-attempts.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { isBetterKeyLeft, isSecondChoice, tokensForRetry } from './wait-to-retry.ts';

/** What a call does after a failed attempt. */
export type Decision = (
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'next-key' }
  | { readonly kind: 'stop'; readonly error: unknown }
) & {
  /** The failure and its verdict; absent if the caller's abort or the deadline ended the attempt. */
  readonly failure?: Failure;
};

const timedOut: ErrorVerdict = { kind: 'transient', reason: 'attempt_timeout' };

/** Classifies a failed attempt, records it, updates the key's health, and decides how the call continues. */
export function decideAfterFailure(attempt: RunningAttempt, error: unknown): Decision {
  const { call, key, attemptNumber, timeout, start } = attempt;
  const { pool, settings } = call.plan;
  if (settings.signal?.aborted || timeout?.exceeded === 'deadline') {
    recordAbandonment(attempt);
    return stop(settings.signal?.aborted ? settings.signal.reason : deadlineExceeded(call));
  }
  attempt.endWaitForHeaders();
  pool.budget?.lose(call);
  const verdict = timeout?.exceeded === 'attempt' ? timedOut : classifyFailure(pool, key, error, settings);
  const mayHaveWorked = !settings.idempotent && verdict.kind === 'transient' && isAmbiguous(error);
  const durationMs = pool.clock.now() - start.startedAtMs;
  const isStruck = countStreak(attempt, verdict);
  const pauseMs = mayHaveWorked ? undefined : retryDelayMs(verdict, attemptNumber, settings, pool.runtime);
  const isTooLong = pauseMs !== undefined && call.timeouts?.endsWithin(pauseMs) === true;
  // Checked last, because `mayRetry` borrows from the retry budget.
  const delayMs = pauseMs !== undefined && !isTooLong && mayRetry(attempt, isStruck) ? pauseMs : undefined;
  const message = recordFailure(attempt, verdict, error, delayMs);
  const { origin } = pool;
  const failure: Failure = {
    origin,
    key,
    attemptNumber,
    verdict,
    error,
    message,
    delayMs,
    durationMs,
    sequence: start.sequence,
  };
  if (verdict.kind === 'caller-error') return stop(errorForCaller(error), failure);
  call.addFailure(failure);
  // The refusal of a key that has left the list says nothing about the others.
  if (verdict.kind === 'invalid-key' && pool.find(key.reveal())) void pool.source?.afterInvalidKey();
  if (isVague(verdict) ? isStruck : delayMs === undefined) {
    pool.health.strike(attempt, verdict, pool.traffic.roomInMs(key, pool.clock.now()));
  }
  if (delayMs !== undefined) return { kind: 'retry', delayMs, failure };
  if (isTooLong && !call.hasNextKey() && !call.hasFallback) return stop(deadlineExceeded(call), failure);
  if (mayHaveWorked) return stop(error, failure);
  if (pauseMs !== undefined) call.leaveEarly();
  return { kind: 'next-key', failure };
}

function stop(error: unknown, failure?: Failure): Decision {
  return { kind: 'stop', error, ...(failure ? { failure } : {}) };
}

/**
 * Adds a vague failure to the key's streak, which counts over all calls. Returns whether the failure strikes the key: after
 * `maxRetries` in a row, or at once if the attempt was a probe.
 */
function countStreak({ key, bucket, revision, call }: RunningAttempt, verdict: ErrorVerdict): boolean {
  const { pool, settings } = call.plan;
  const now = pool.clock.now();
  if (!isVague(verdict) || !key.health.counts(verdict, revision, now)) return false;
  const wasProbe = !key.isClear(bucket) && key.state(bucket, now) !== 'suspect';
  return ++key.streak >= settings.maxRetries || wasProbe;
}

/** Whether the key and the retry budget allow another attempt on this key. Borrows a token of the budget for it. */
function mayRetry({ call, key, attemptNumber }: RunningAttempt, isStruck: boolean): boolean {
  const { pool, settings } = call.plan;
  // Another call, or the method itself, can have taken the key out during the attempt.
  if (!pool.isUsable(key, call.draw)) return false;
  const isInDoubt = isStruck || isSecondChoice(call, key) || (settings.retryOn ?? pool.retryOn) === 'next-key';
  if (isInDoubt && isBetterKeyLeft(call)) return false;
  if (!pool.budget || pool.budget.lend(call, tokensForRetry(attemptNumber, settings.maxRetries))) return true;
  return pool.budget.mayComeBack && !isBetterKeyLeft(call);
}

import { ErrorLine } from '../base/error-line.ts';
import { undirected } from '../base/token-usage.ts';
import type { ErrorVerdict, VerdictKind } from '../base/verdict.ts';
import type { KeyManagerEvents } from '../events/events.ts';
import { endWithSuccess, errorTypeOf } from './call-end.ts';
import { callFields } from './call-fields.ts';
import { partsOf } from './pools-of-call.ts';
import { emitIfFull } from '../pool/emit-limited.ts';
import type { RunningAttempt } from './running-attempt.ts';

const refusals: readonly VerdictKind[] = ['rate-limited', 'quota-exhausted', 'invalid-key'];

/** Counts the start of an attempt. */
export function recordStart(attempt: RunningAttempt): void {
  const { key, call } = attempt;
  const { pool, draw } = call.plan;
  pool.usage.startDayIfDue(attempt.start.startedAtMs);
  key.usage.lastUsedAtMs = attempt.start.startedAtMs;
  pool.slots.take(attempt, attempt.startedAtMs);
  pool.usage.addRequest(key, draw);
  if (pool.limits.isActive) pool.limits.askOthers(key, draw);
  pool.onUsage(key);
  if (isFirst(attempt)) pool.budget?.onCall(attempt.start.startedAtMs);
  pool.events.emit('attempt.started', startOf, attempt);
  if (pool.limits.areKnown && pool.events.isHeard('key.limited')) emitIfFull(pool, key, draw);
}

/** Whether it is the first attempt of its call in the pool. */
function isFirst({ call }: RunningAttempt): boolean {
  return call.failures.length === 0;
}

function startOf(attempt: RunningAttempt): KeyManagerEvents['attempt.started'] {
  const isFirstOfCall = partsOf(attempt.call).every(({ failures }) => failures.length === 0);
  return { ...attemptFields(attempt), isFirst: isFirstOfCall };
}

/** What every event of an attempt says of it. */
function attemptFields({
  key,
  attemptNumber,
  call,
}: RunningAttempt): Omit<KeyManagerEvents['attempt.started'], 'isFirst'> {
  return { ...callFields(call), key: key.ref, attemptNumber, maxRetries: call.plan.settings.maxRetries };
}

/** Notes that the key has served the attempt: with its result, or before that with the first chunk of its stream. */
export function recordServed(attempt: RunningAttempt): void {
  const { key, bucket, call, start } = attempt;
  const { traffic, health } = call.plan.pool;
  if (attempt.isServed) return;
  attempt.isServed = true;
  traffic.onSuccess(key, start);
  if (!key.isClear(bucket)) health.recordSuccess(attempt);
}

/**
 * Ends an attempt whose method has returned, or whose stream is complete. `isReadOn` is whether the application can still read from what
 * it receives.
 */
export function recordSuccess(attempt: RunningAttempt, isReadOn = false): void {
  const { key, call } = attempt;
  const { pool } = call.plan;
  // Counted first, because the end of the attempt marks the status of the key as changed.
  key.usage.successes++;
  key.outcomes.noteSuccess(attempt.startedAtMs);
  if (pool.measuresLatency) key.outcomes.noteLatency(attempt.startedAtMs, pool.runtime.steadyNow());
  end(attempt, isReadOn);
  key.streak = 0;
  pool.budget?.onSuccess(call);
  recordServed(attempt);
  const durationMs = attempt.trace && attempt.durationMs;
  pool.events.emit('attempt.succeeded', successOf, attempt, durationMs);
  if (durationMs !== undefined) attempt.trace?.finish({ outcome: 'success', durationMs });
  endWithSuccess(attempt);
}

function successOf(
  attempt: RunningAttempt,
  durationMs: number = attempt.durationMs,
): KeyManagerEvents['attempt.succeeded'] {
  return { ...attemptFields(attempt), durationMs };
}

/** Ends an attempt that failed. Whether that changes the key's health is decided separately. Returns the message of the error. */
export function recordFailure(
  attempt: RunningAttempt,
  verdict: ErrorVerdict,
  error: unknown,
  delayMs?: number,
): ErrorLine {
  const { key, call } = attempt;
  const { pool } = call.plan;
  const { kind, reason } = verdict;
  const message = new ErrorLine(error, key.reveal());
  const endedAtMs = pool.runtime.steadyNow();
  call.lastVerdict = verdict;
  key.usage.failures[kind]++;
  key.outcomes.lastError = { verdict: kind, reason, message, atMs: endedAtMs };
  if (refusals.includes(kind)) attempt.usage?.onRefusal();
  end(attempt);
  pool.onRefusal(key, attempt.start, verdict);
  const failure = () => ({
    verdict: kind,
    reason,
    message: message.text,
    durationMs: endedAtMs - attempt.startedAtMs,
    ...(delayMs === undefined ? {} : { delayMs }),
  });
  pool.events.emit('attempt.failed', () => ({ ...attemptFields(attempt), ...failure() }));
  attempt.trace?.finish({ outcome: 'error', ...failure(), errorType: errorTypeOf(verdict) });
  return message;
}

/** Ends an attempt that the caller or the deadline cut short. It counts neither as a success nor as a failure. */
export function recordAbandonment(attempt: RunningAttempt): void {
  end(attempt);
  const errorType = attempt.timeout?.exceeded === 'deadline' ? 'deadline' : 'aborted';
  attempt.trace?.finish({ outcome: 'aborted', durationMs: attempt.durationMs, errorType });
}

function end(attempt: RunningAttempt, isReadOn = false): void {
  const { key, call } = attempt;
  const { pool, draw } = call.plan;
  if (draw.tokens > 0) pool.usage.addTokens(key, draw.bucket, undirected(draw.tokens));
  attempt.timeout?.end();
  attempt.hasEnded = true;
  pool.slots.release(attempt);
  attempt.usage?.end(isReadOn);
  attempt.endWaitForHeaders();
  call.claims.endScouting();
  pool.onUsage(key);
  pool.wake(key);
}

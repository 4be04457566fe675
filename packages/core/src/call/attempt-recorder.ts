import { ErrorLine } from '../base/error-line.ts';
import { undirected } from '../base/token-usage.ts';
import type { ErrorVerdict, VerdictKind } from '../base/verdict.ts';
import type { KeyManagerEvents } from '../events/events.ts';
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
  const { key, attemptNumber, call } = attempt;
  const { pool, settings } = call.plan;
  const { maxRetries } = settings;
  const isFirstOfCall = partsOf(call).every(({ failures }) => failures.length === 0);
  return { ...pool.origin, key: key.ref, callId: call.id, attemptNumber, maxRetries, isFirst: isFirstOfCall };
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
  key.lastSuccessMs = Math.max(key.lastSuccessMs, attempt.startedAtMs);
  if (pool.measuresLatency) key.noteLatency(attempt.startedAtMs, pool.runtime.steadyNow());
  end(attempt, isReadOn);
  key.streak = 0;
  pool.budget?.onSuccess(call);
  recordServed(attempt);
  pool.events.emit('call.succeeded', successOf, attempt);
}

function successOf({ key, call }: RunningAttempt): KeyManagerEvents['call.succeeded'] {
  return { ...call.plan.pool.origin, key: key.ref, callId: call.id, durationMs: call.durationMs };
}

/** Ends an attempt that failed. Whether that changes the key's health is decided separately. Returns the message of the error. */
export function recordFailure(
  attempt: RunningAttempt,
  verdict: ErrorVerdict,
  error: unknown,
  delayMs?: number,
): ErrorLine {
  const { key, attemptNumber, call } = attempt;
  const { pool, settings } = call.plan;
  const message = new ErrorLine(error, key.reveal());
  const endedAtMs = pool.runtime.steadyNow();
  key.usage.failures[verdict.kind]++;
  key.lastError = { verdict: verdict.kind, reason: verdict.reason, message, atMs: endedAtMs };
  if (refusals.includes(verdict.kind)) attempt.usage?.onRefusal();
  end(attempt);
  pool.onRefusal(key, attempt.start, verdict);
  pool.events.emit('attempt.failed', () => ({
    ...pool.origin,
    key: key.ref,
    callId: call.id,
    attemptNumber,
    maxRetries: settings.maxRetries,
    verdict: verdict.kind,
    reason: verdict.reason,
    message: message.text,
    durationMs: endedAtMs - attempt.startedAtMs,
    ...(delayMs === undefined ? {} : { delayMs }),
  }));
  return message;
}

/** Ends an attempt that the caller or the deadline cut short. It counts neither as a success nor as a failure. */
export function recordAbandonment(attempt: RunningAttempt): void {
  end(attempt);
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

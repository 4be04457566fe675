import { AllKeysFailedError, DeadlineExceededError, type ExhaustedReason } from '../base/all-keys-failed-error.ts';
import { errorMessage } from '../base/error-message.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { CallEnd, ErrorType } from '../events/call-tracer.ts';
import type { KeyManagerEvents } from '../events/events.ts';
import { knownWaitMs } from '../limits/meters.ts';
import { callFields } from './call-fields.ts';
import { isBack, partsOf } from './pools-of-call.ts';
import type { RunningAttempt } from './running-attempt.ts';
import type { RunningCall } from './running-call.ts';

/** Emits that an attempt has served its call. */
export function endWithSuccess(attempt: RunningAttempt): void {
  const { call } = attempt;
  call.plan.pool.events.emit('call.succeeded', successOf, attempt);
  call.trace?.finish({ outcome: 'success', ...effortOf(call) });
}

function successOf({ key, call }: RunningAttempt): KeyManagerEvents['call.succeeded'] {
  return { ...callFields(call), ...effortOf(call), key: key.ref };
}

/** Emits that a call was aborted by its caller, or by the consumer of its stream. */
export function endWithAbort(call: RunningCall): void {
  call.plan.pool.events.emit('call.aborted', () => ({ ...callFields(call), ...effortOf(call) }));
  call.trace?.finish({ outcome: 'aborted', ...effortOf(call), errorType: 'aborted' });
}

/** Emits that a call has failed, or was aborted by its caller. */
export function endWithError(call: RunningCall, error: unknown): void {
  const { pool, settings } = call.plan;
  if (settings.signal?.aborted) return endWithAbort(call);
  pool.events.emit('call.failed', () => ({ ...callFields(call), ...effortOf(call), message: errorMessage(error) }));
  call.trace?.finish(failureOf(call, error));
}

/** Emits that the keys of a pool are exhausted, unless the call waits for one of them. */
export function emitExhaustion(call: RunningCall, next: RunningCall | undefined): void {
  const { plan, exhaustion } = call;
  const { pool } = plan;
  // Without another pool, a source that has no keys ends the call with an error of its own.
  if (!exhaustion || (next && isBack(next)) || (!next && !AllKeysFailedError.isInstance(exhaustion.error))) return;
  pool.events.emit('keys.exhausted', () => {
    const { reason, isBudgetSpent } = exhaustion;
    const waitMs = knownWaitMs(pool.soonestRecoveryMs(call.draw));
    return {
      ...callFields(call),
      ...effortOf(call, [call]),
      reason,
      isBudgetSpent,
      ...(waitMs === undefined ? {} : { retryAfterMs: Math.ceil(waitMs) }),
      ...(next ? { fallbackTo: next.plan.pool.origin } : {}),
    };
  });
}

/** What a failure is called in metrics. */
export function errorTypeOf({ kind, reason }: ErrorVerdict): ErrorType {
  return reason === 'attempt_timeout' || reason === 'idle_timeout' ? 'timeout' : kind;
}

/** What a call has taken so far, by default in all pools that it has been in. */
function effortOf(
  call: RunningCall,
  parts: readonly RunningCall[] = partsOf(call),
): Pick<CallEnd, 'durationMs' | 'attempts' | 'keysTried'> {
  const keyIds = new Set<string>();
  let attempts = 0;
  for (const { attempts: ofPart, failures, lastKey } of parts) {
    attempts += ofPart;
    for (const { key } of failures) keyIds.add(key.ref.keyId);
    if (lastKey) keyIds.add(lastKey.ref.keyId);
  }
  return { durationMs: call.durationMs, attempts, keysTried: keyIds.size };
}

function failureOf(call: RunningCall, error: unknown): CallEnd {
  const isExhausted = error === call.exhaustion?.error;
  return {
    outcome: isExhausted ? 'exhausted' : 'error',
    ...effortOf(call),
    errorType: errorTypeOfCall(call, error),
    message: errorMessage(error),
  };
}

function errorTypeOfCall({ lastVerdict, exhaustion }: RunningCall, error: unknown): ErrorType {
  // A method can throw the error of another call, which is none of this one.
  if (DeadlineExceededError.isInstance(error) && lastVerdict?.kind !== 'caller-error') return 'deadline';
  if (lastVerdict) return errorTypeOf(lastVerdict);
  return exhaustion ? errorTypes[exhaustion.reason] : '_OTHER';
}

const errorTypes: Readonly<Record<ExhaustedReason, ErrorType>> = {
  'rate-limited': 'rate-limited',
  limited: 'rate-limited',
  'quota-exhausted': 'quota-exhausted',
  'invalid-keys': 'invalid-key',
  unavailable: 'transient',
  mixed: '_OTHER',
};

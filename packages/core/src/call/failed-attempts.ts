import { errorMessage } from '../base/error-message.ts';
import type { FailedAttempt } from '../base/failed-attempt.ts';
import { redactor } from '../base/redaction.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** One failed attempt as the loop records it, with the error as it was thrown. */
export interface Failure {
  readonly key: PooledKey;
  readonly attemptNumber: number;
  readonly verdict: ErrorVerdict;
  readonly error: unknown;
  readonly delayMs: number | undefined;
  /** How long the attempt took. */
  readonly durationMs: number;
  /** The attempt's number among all attempts of the pool. */
  readonly sequence: number;
}

/** Failures as this library's errors list them: without keys. */
export function failedAttempts(failures: readonly Failure[]): FailedAttempt[] {
  return failures.map(failedAttempt);
}

/** One failure, without its key. */
export function failedAttempt({ key, attemptNumber, durationMs, verdict, error, delayMs }: Failure): FailedAttempt {
  return {
    keyId: key.ref.keyId,
    ordinal: key.ref.ordinal,
    label: key.ref.label,
    attemptNumber,
    durationMs,
    verdict: verdict.kind,
    reason: verdict.reason,
    error: redactor.redactValue(error),
    message: errorMessage(error),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

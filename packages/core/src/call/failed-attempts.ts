import type { FailedAttempt } from '../base/all-keys-failed-error.ts';
import type { ErrorLine } from '../base/error-line.ts';
import { ApiKeyFallbackError } from '../base/errors.ts';
import { redactor } from '../base/redaction.ts';
import { safeCopy } from '../base/safe-copy.ts';
import type { ErrorVerdict, VerdictKind } from '../base/verdict.ts';
import type { EventOrigin } from '../events/events.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** One failed attempt as the loop records it, with the error as it was thrown. */
export interface Failure {
  readonly origin: EventOrigin;
  readonly key: PooledKey;
  readonly attemptNumber: number;
  readonly verdict: ErrorVerdict;
  readonly error: unknown;
  readonly message: ErrorLine;
  readonly delayMs: number | undefined;
  /** How long the attempt took. */
  readonly durationMs: number;
  /** The attempt's number among all attempts of the process. */
  readonly sequence: number;
}

/** A failure as this library's errors and hooks list it: without the key. */
export class RecordedAttempt implements FailedAttempt {
  readonly provider: string;
  readonly pool: string;
  readonly keyId: string;
  readonly ordinal: number;
  readonly label: string;
  readonly attemptNumber: number;
  readonly durationMs: number;
  readonly verdict: VerdictKind;
  readonly reason: string;
  readonly message: string;
  declare readonly delayMs?: number;
  readonly #failure: Failure;
  #error: unknown;

  constructor(failure: Failure) {
    const { origin, key, attemptNumber, durationMs, verdict, message, delayMs } = failure;
    this.provider = origin.provider;
    this.pool = origin.pool;
    this.keyId = key.ref.keyId;
    this.ordinal = key.ref.ordinal;
    this.label = key.ref.label;
    this.attemptNumber = attemptNumber;
    this.durationMs = durationMs;
    this.verdict = verdict.kind;
    this.reason = verdict.reason;
    this.message = message.text;
    if (delayMs !== undefined) this.delayMs = delayMs;
    this.#failure = failure;
  }

  // Made when it is first read, because an error can carry a whole request and response. Errors of this library show no key.
  get error(): unknown {
    const { key, error } = this.#failure;
    return (this.#error ??= ApiKeyFallbackError.isInstance(error) ? error : whileKnown(key, () => safeCopy(error)));
  }
}

/** Redacts the key even if its manager has been closed and the key forgotten since the attempt. */
function whileKnown<T>(key: PooledKey, describe: () => T): T {
  return redactor.whileKnown(key.reveal(), describe);
}

import { ApiKeyFallbackError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { ErrorVerdict } from '../base/verdict.ts';

/**
 * An attempt returned a value that the option `classifyResult` judged to be a failure.
 *
 * Listed in the `attempts` of an `AllKeysFailedError`, and its `cause` if it was the last failure.
 *
 * @example
 * try {
 *   await search('cats');
 * } catch (error) {
 *   const last = AllKeysFailedError.isInstance(error) ? error.cause : error;
 *   if (FailedResultError.isInstance(last)) console.error(last.value); // the last response
 *   else throw error;
 * }
 */
export class FailedResultError extends ApiKeyFallbackError {
  override readonly name = 'FailedResultError';
  /** The provider of the attempt. */
  readonly provider: string;
  /** What `classifyResult` returned. */
  readonly verdict: ErrorVerdict;
  /** The value that the attempt returned, not redacted; printing the error does not show it. */
  declare readonly value: unknown;

  constructor(provider: string, value: unknown, verdict: ErrorVerdict) {
    super(`The result was judged to be a failure: ${verdict.kind} (${verdict.reason}).`, 'FAILED_RESULT');
    this.provider = provider;
    this.verdict = verdict;
    Object.defineProperty(this, 'value', { get: () => value });
  }

  override toJSON(): object {
    const { verdict, provider } = this;
    return { ...super.toJSON(), verdict, provider };
  }

  /** Whether a value is a `FailedResultError`, also of another copy of this package. */
  static override isInstance(value: unknown): value is FailedResultError {
    return ApiKeyFallbackError.isInstance(value) && readField(value, 'code') === 'FAILED_RESULT';
  }
}

import { errorMessage } from '../base/error-message.ts';
import { ApiKeyFallbackError } from '../base/errors.ts';
import { util } from '../base/node-builtins.ts';
import { readField } from '../base/read-field.ts';

/**
 * Ends the call at once. Throw it in a decorated method or fallback function when no key and no retry can help; the caller
 * receives this very error, and no key is blamed.
 *
 * @example
 * class ChatService {
 *   \@retryWithApiKeyFallback({ provider: 'openai' })
 *   async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> {
 *     if (isOverBudget()) throw new UnrecoverableError('The monthly budget is spent.');
 *     return send(apiKey, prompt);
 *   }
 * }
 */
export class UnrecoverableError extends ApiKeyFallbackError {
  override readonly name = 'UnrecoverableError';

  constructor(message: string, options: ErrorOptions = {}) {
    // A text made of another value must not fail: the call would end with that error instead of this one.
    const text = typeof message === 'string' ? message : errorMessage(message);
    super(text, 'UNRECOVERABLE', options);
  }

  /** Whether a value is an `UnrecoverableError` of this package, also of another copy of it. */
  static override isInstance(value: unknown): value is UnrecoverableError {
    return ApiKeyFallbackError.isInstance(value) && readField(value, 'code') === 'UNRECOVERABLE';
  }
}

/** Whether a method ends its call with this error. BullMQ's class has the same name; p-retry's keeps the original error. */
export function endsCall(error: unknown): boolean {
  return readField(error, 'name') === 'UnrecoverableError' || isAbortOfPRetry(error);
}

/** The error that the caller receives: p-retry rejects with the error that its `AbortError` was made from. */
export function errorForCaller(error: unknown): unknown {
  return isAbortOfPRetry(error) ? readField(error, 'originalError') : error;
}

function isAbortOfPRetry(error: unknown): boolean {
  return readField(error, 'name') === 'AbortError' && util.types.isNativeError(readField(error, 'originalError'));
}

import type { FailedAttempt } from './failed-attempt.ts';
import { readField } from './read-field.ts';
import { redactor } from './redaction.ts';

/** The codes of this library's errors. `docs/errors.md` has a section for each. */
export type ErrorCode =
  | 'ALL_KEYS_FAILED'
  | 'NO_API_KEYS'
  | 'UNKNOWN_PROVIDER'
  | 'INVALID_OPTIONS'
  | 'NO_CURRENT_ATTEMPT'
  | 'DEADLINE_EXCEEDED'
  | 'BODY_NOT_REPEATABLE'
  | 'UNRECOVERABLE'
  | 'KEY_FAILED'
  | 'FAILED_RESULT';

// `instanceof` fails between two copies of this package; a shared symbol does not.
const marker = Symbol.for('@api-key-fallback/core/error@1');

function mark(error: object): void {
  Object.defineProperty(error, marker, { value: true });
}

function hasCode(value: unknown, code?: ErrorCode): boolean {
  return readField(value, marker) === true && (code === undefined || readField(value, 'code') === code);
}

/**
 * Base class of the errors of this library, except `AllKeysFailedError`, which is an `AggregateError`.
 *
 * @example
 * try {
 *   await service.chat('hello');
 * } catch (error) {
 *   if (ApiKeyFallbackError.isInstance(error)) console.error(error.code, error.message);
 *   else throw error;
 * }
 */
export class ApiKeyFallbackError extends Error {
  override readonly name: string = 'ApiKeyFallbackError';
  /** The stable code of the error, for example `INVALID_OPTIONS`. */
  readonly code: ErrorCode;

  constructor(message: string, code: ErrorCode, options?: ErrorOptions) {
    super(redactor.redact(message), options);
    this.code = code;
    mark(this);
  }

  /** Whether a value is any error of this library, including `AllKeysFailedError` and errors of another copy of it. */
  static isInstance(value: unknown): value is ApiKeyFallbackError | AllKeysFailedError {
    return hasCode(value);
  }
}

/**
 * An option, a key or an adapter is invalid. Thrown where the value is passed in, not at the first call.
 *
 * @example
 * if (InvalidOptionsError.isInstance(error)) console.error(error.message); // names the option
 */
export class InvalidOptionsError extends ApiKeyFallbackError {
  override readonly name = 'InvalidOptionsError';

  constructor(message: string) {
    super(message, 'INVALID_OPTIONS');
  }

  static override isInstance(value: unknown): value is InvalidOptionsError {
    return hasCode(value, 'INVALID_OPTIONS');
  }
}

/**
 * No key is configured for a provider, or no key is available for `getClient()`.
 *
 * @example
 * if (NoApiKeysError.isInstance(error)) console.error(error.message); // names the variables and files
 */
export class NoApiKeysError extends ApiKeyFallbackError {
  override readonly name = 'NoApiKeysError';

  constructor(message: string) {
    super(message, 'NO_API_KEYS');
  }

  static override isInstance(value: unknown): value is NoApiKeysError {
    return hasCode(value, 'NO_API_KEYS');
  }
}

/**
 * The registry has no key manager under this provider name.
 *
 * @example
 * if (UnknownProviderError.isInstance(error)) console.error(`import the adapter of ${error.provider}`);
 */
export class UnknownProviderError extends ApiKeyFallbackError {
  override readonly name = 'UnknownProviderError';
  /** The unknown name, redacted. */
  readonly provider: string;

  constructor(provider: string, message: string) {
    super(message, 'UNKNOWN_PROVIDER');
    this.provider = provider;
  }

  static override isInstance(value: unknown): value is UnknownProviderError {
    return hasCode(value, 'UNKNOWN_PROVIDER');
  }
}

/** Why no key was left: the last verdict that all keys share (`unavailable` for `transient`), or `mixed`. */
export type ExhaustedReason = 'rate-limited' | 'quota-exhausted' | 'invalid-keys' | 'unavailable' | 'mixed';

// `console.log` skips accessors. The client's own error is not redacted, so it must not be printed.
export function hideCause(error: Error, details: { readonly cause?: unknown }): void {
  if ('cause' in details) Object.defineProperty(error, 'cause', { get: () => details.cause });
}

function withoutErrors(attempts: readonly FailedAttempt[]): object[] {
  return attempts.map(({ error: _error, ...attempt }) => attempt);
}

/** The fields of an `AllKeysFailedError`. */
export interface AllKeysFailedDetails {
  readonly provider: string;
  readonly reason: ExhaustedReason;
  readonly isBudgetSpent: boolean;
  readonly attempts: readonly FailedAttempt[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * Every key of the provider failed in this call or was unavailable.
 *
 * `errors` lists the errors of `attempts`. `cause` is the last error as the client threw it, not redacted. Printing or
 * serialising this error shows redacted texts only.
 *
 * @example
 * try {
 *   await service.chat('hello');
 * } catch (error) {
 *   if (!AllKeysFailedError.isInstance(error)) throw error;
 *   console.error(error.reason, error.retryAfterMs, error.attempts.length);
 * }
 */
export class AllKeysFailedError extends AggregateError {
  override readonly name = 'AllKeysFailedError';
  readonly code = 'ALL_KEYS_FAILED';
  readonly provider: string;
  /** Why no key was left. */
  readonly reason: ExhaustedReason;
  /** Whether the retry budget ended the call, so that keys may be left. */
  readonly isBudgetSpent: boolean;
  /** The failed attempts in order; empty if no key was available. */
  readonly attempts: readonly FailedAttempt[];
  /**
   * Time in ms until the first key is available again; absent if no key becomes available by itself. The recheck of a refused key
   * does not count.
   */
  declare readonly retryAfterMs?: number;

  constructor(message: string, details: AllKeysFailedDetails) {
    super(
      details.attempts.map(({ error }) => error),
      message,
    );
    hideCause(this, details);
    this.provider = details.provider;
    this.reason = details.reason;
    this.isBudgetSpent = details.isBudgetSpent;
    this.attempts = details.attempts;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    mark(this);
  }

  static isInstance(value: unknown): value is AllKeysFailedError {
    return hasCode(value, 'ALL_KEYS_FAILED');
  }

  toJSON(): object {
    const { name, code, message, provider, reason, isBudgetSpent, retryAfterMs } = this;
    const attempts = withoutErrors(this.attempts);
    return { name, code, message, provider, reason, isBudgetSpent, retryAfterMs, attempts };
  }
}

// Node's default output prints `cause`, which is the client's own error and can contain a key.
Object.defineProperty(AllKeysFailedError.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(
    this: AllKeysFailedError,
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ) {
    const { stack, code, provider, reason, isBudgetSpent, retryAfterMs, attempts } = this;
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    return `${stack} ${inspect({ code, provider, reason, isBudgetSpent, ...wait, attempts }, options)}`;
  },
});

/**
 * The call's `deadline` has passed, or would pass before the next attempt. Does not affect the health of any key.
 *
 * `cause` is the last error as the client threw it, not redacted.
 *
 * @example
 * try {
 *   await service.chat('hello');
 * } catch (error) {
 *   if (!DeadlineExceededError.isInstance(error)) throw error;
 *   console.error(`gave up after ${error.attempts.length} failed attempts`);
 * }
 */
export class DeadlineExceededError extends ApiKeyFallbackError {
  override readonly name = 'DeadlineExceededError';
  readonly provider: string;
  /** The attempts that failed before the deadline, in order. */
  readonly attempts: readonly FailedAttempt[];

  constructor(message: string, details: Pick<AllKeysFailedDetails, 'provider' | 'attempts' | 'cause'>) {
    super(message, 'DEADLINE_EXCEEDED');
    hideCause(this, details);
    this.provider = details.provider;
    this.attempts = details.attempts;
  }

  static override isInstance(value: unknown): value is DeadlineExceededError {
    return hasCode(value, 'DEADLINE_EXCEEDED');
  }

  toJSON(): object {
    const { name, code, message, provider, attempts } = this;
    return { name, code, message, provider, attempts: withoutErrors(attempts) };
  }
}

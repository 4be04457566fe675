import { readField } from './read-field.ts';
import { redactor } from './redaction.ts';
import type { VerdictKind } from './verdict.ts';

/** The code of each error of this library; each has a heading in `docs/errors.md`. */
export type ErrorCode =
  | 'ALL_KEYS_FAILED'
  | 'NO_API_KEYS'
  | 'UNKNOWN_PROVIDER'
  | 'INVALID_OPTIONS'
  | 'NO_CURRENT_ATTEMPT'
  | 'DEADLINE_EXCEEDED'
  | 'BODY_NOT_REPEATABLE';

// Two copies of this package in one process must recognise each other's errors.
const marker = Symbol.for('@api-key-fallback/core/error@1');

function mark(error: object): void {
  Object.defineProperty(error, marker, { value: true });
}

function hasCode(value: unknown, code?: ErrorCode): boolean {
  return readField(value, marker) === true && (code === undefined || readField(value, 'code') === code);
}

/** What all errors of this library have in common. */
export class ApiKeyFallbackError extends Error {
  override readonly name: string = 'ApiKeyFallbackError';
  readonly code: ErrorCode;

  constructor(message: string, code: ErrorCode, options?: ErrorOptions) {
    super(redactor.redact(message), options);
    this.code = code;
    mark(this);
  }

  /** Recognises every error of this library, also one made by another copy of it, and `AllKeysFailedError`. */
  static isInstance(value: unknown): value is ApiKeyFallbackError | AllKeysFailedError {
    return hasCode(value);
  }
}

/** An option, a key or an adapter that cannot work; thrown where it is given, not where it would fail. */
export class InvalidOptionsError extends ApiKeyFallbackError {
  override readonly name = 'InvalidOptionsError';

  constructor(message: string) {
    super(message, 'INVALID_OPTIONS');
  }

  static override isInstance(value: unknown): value is InvalidOptionsError {
    return hasCode(value, 'INVALID_OPTIONS');
  }
}

/** No key is configured for a provider. */
export class NoApiKeysError extends ApiKeyFallbackError {
  override readonly name = 'NoApiKeysError';

  constructor(message: string) {
    super(message, 'NO_API_KEYS');
  }

  static override isInstance(value: unknown): value is NoApiKeysError {
    return hasCode(value, 'NO_API_KEYS');
  }
}

/** Nobody registered a key manager under this provider name. */
export class UnknownProviderError extends ApiKeyFallbackError {
  override readonly name = 'UnknownProviderError';
  readonly provider: string;

  constructor(provider: string, message: string) {
    super(message, 'UNKNOWN_PROVIDER');
    this.provider = provider;
  }

  static override isInstance(value: unknown): value is UnknownProviderError {
    return hasCode(value, 'UNKNOWN_PROVIDER');
  }
}

/** One failed attempt of a call. */
export interface FailedAttempt {
  readonly keyId: string;
  /** The number of the attempt on its key, from 1. */
  readonly attemptNumber: number;
  readonly verdict: VerdictKind;
  /** The adapter's short code for the failure. */
  readonly reason: string;
  /** What the attempt failed with; a redacted copy where the original holds a key. */
  readonly error: unknown;
  /** What it says, in one redacted line. */
  readonly message: string;
  /** The pause in ms before the next attempt on the same key; absent when there was none. */
  readonly delayMs?: number;
}

/** Why no key was left: the keys' common last verdict (`unavailable` for `transient`), or `mixed`. */
export type ExhaustedReason = 'rate-limited' | 'quota-exhausted' | 'invalid-keys' | 'unavailable' | 'mixed';

// An accessor is not printed, and the client's own error may hold what must not be.
function hideCause(error: Error, details: { readonly cause?: unknown }): void {
  if ('cause' in details) Object.defineProperty(error, 'cause', { get: () => details.cause });
}

function withoutErrors(attempts: readonly FailedAttempt[]): object[] {
  return attempts.map(({ error: _error, ...attempt }) => attempt);
}

/** What an `AllKeysFailedError` is made from. */
export interface AllKeysFailedDetails {
  readonly provider: string;
  readonly reason: ExhaustedReason;
  readonly attempts: readonly FailedAttempt[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * Every key of the provider failed in this call or could not be used.
 *
 * `errors` are the errors of `attempts`; `cause` is the last error itself, untouched, so it may hold what the provider
 * put into it. Printing or serialising this error shows redacted texts only.
 */
export class AllKeysFailedError extends AggregateError {
  override readonly name = 'AllKeysFailedError';
  readonly code = 'ALL_KEYS_FAILED';
  readonly provider: string;
  readonly reason: ExhaustedReason;
  /** The failed attempts in order; empty when no key could be used. */
  readonly attempts: readonly FailedAttempt[];
  /** Time left in ms until the first key is back; absent when waiting does not help. */
  declare readonly retryAfterMs?: number;

  constructor(message: string, details: AllKeysFailedDetails) {
    super(
      details.attempts.map(({ error }) => error),
      message,
    );
    hideCause(this, details);
    this.provider = details.provider;
    this.reason = details.reason;
    this.attempts = details.attempts;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    mark(this);
  }

  static isInstance(value: unknown): value is AllKeysFailedError {
    return hasCode(value, 'ALL_KEYS_FAILED');
  }

  toJSON(): object {
    const { name, code, message, provider, reason, retryAfterMs } = this;
    return { name, code, message, provider, reason, retryAfterMs, attempts: withoutErrors(this.attempts) };
  }
}

// The default rendering prints `cause`, which is the caller's own error and may hold a key.
Object.defineProperty(AllKeysFailedError.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(
    this: AllKeysFailedError,
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ) {
    const { stack, code, provider, reason, retryAfterMs, attempts } = this;
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    return `${stack} ${inspect({ code, provider, reason, ...wait, attempts }, options)}`;
  },
});

/** The call's deadline has passed, or would pass before anything else can be tried; no key is to blame. */
export class DeadlineExceededError extends ApiKeyFallbackError {
  override readonly name = 'DeadlineExceededError';
  readonly provider: string;
  /** The failed attempts in order. */
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

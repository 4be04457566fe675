import { ApiKeyFallbackError, hasCode, hideCause, mark, printSafely } from './errors.ts';
import { redactor } from './redaction.ts';
import type { VerdictKind } from './verdict.ts';

/** One failed attempt of a call. */
export interface FailedAttempt {
  /** The provider's name, for example `openai`. */
  readonly provider: string;
  /** The name of the pool of the key. */
  readonly pool: string;
  /** The fingerprint of the key. */
  readonly keyId: string;
  /** The number of the key in the list, from 1. */
  readonly ordinal: number;
  /** The public name of the key, for example the variable it came from. */
  readonly label: string;
  /** The number of the attempt on its key, from 1. */
  readonly attemptNumber: number;
  /** How long the attempt took, in ms. */
  readonly durationMs: number;
  /** The kind of failure. */
  readonly verdict: VerdictKind;
  /** The adapter's short code for the failure, for example `invalid_api_key`. */
  readonly reason: string;
  /**
   * What may be shown of the error that the attempt threw: an `Error` with its name, message, stack, cause and own fields, without
   * keys and without the client's objects. Made when it is first read.
   */
  readonly error: unknown;
  /** The message of the error as one redacted line. */
  readonly message: string;
  /** The pause in ms before the next attempt on the same key; absent if the key was not tried again. */
  readonly delayMs?: number;
}

/**
 * Why no key was left: the last verdict that all keys share (`unavailable` for `transient`), `limited` if configured limits leave them
 * no room, or `mixed`.
 */
export type ExhaustedReason = 'limited' | 'rate-limited' | 'quota-exhausted' | 'invalid-keys' | 'unavailable' | 'mixed';

/** Defines a list that is made when it is first read. To describe every attempt of an outage would hold the event loop. */
function defineLazily(error: Error, name: string, enumerable: boolean, make: () => readonly unknown[]): void {
  let made: readonly unknown[] | undefined;
  Object.defineProperty(error, name, { enumerable, get: () => (made ??= make()) });
}

/** The own fields of an attempt: all but its error, which is an accessor of its prototype. */
function plain(attempt: FailedAttempt): object {
  return { ...attempt };
}

function withError(attempt: FailedAttempt): object {
  return { ...attempt, error: attempt.error };
}

/** The fields of an `AllKeysFailedError`. */
export interface AllKeysFailedDetails {
  readonly provider: string;
  readonly pool: string;
  readonly reason: ExhaustedReason;
  readonly isBudgetSpent: boolean;
  readonly attempts: () => readonly FailedAttempt[];
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
  /** The provider that the call has named. */
  readonly provider: string;
  /** The name of the pool that the call has named. */
  readonly pool: string;
  /** Why no key was left. */
  readonly reason: ExhaustedReason;
  /** Whether the retry budget ended the call, so that keys may be left. */
  readonly isBudgetSpent: boolean;
  /** The failed attempts in order; empty if no key was available. */
  declare readonly attempts: readonly FailedAttempt[];
  /**
   * Time in ms until the first key is available again; absent if no key becomes available by itself. The recheck of a refused key
   * does not count.
   */
  declare readonly retryAfterMs?: number;

  constructor(message: string, details: AllKeysFailedDetails) {
    super([], redactor.redact(message));
    defineLazily(this, 'attempts', true, details.attempts);
    defineLazily(this, 'errors', false, () => this.attempts.map(({ error }) => error));
    hideCause(this, details);
    this.provider = details.provider;
    this.pool = details.pool;
    this.reason = details.reason;
    this.isBudgetSpent = details.isBudgetSpent;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    mark(this);
  }

  static isInstance(value: unknown): value is AllKeysFailedError {
    return hasCode(value, 'ALL_KEYS_FAILED');
  }

  toJSON(): object {
    const { name, code, message, provider, pool, reason, isBudgetSpent, retryAfterMs, attempts } = this;
    return { name, code, message, provider, pool, reason, isBudgetSpent, retryAfterMs, attempts: attempts.map(plain) };
  }
}

printSafely(AllKeysFailedError, ({ code, provider, pool, reason, isBudgetSpent, retryAfterMs, attempts }) => {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { code, provider, pool, reason, isBudgetSpent, ...wait, attempts: attempts.map(withError) };
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
  /** The name of the pool that the call has named. */
  readonly pool: string;
  /** The attempts that failed before the deadline, in order. */
  declare readonly attempts: readonly FailedAttempt[];

  constructor(message: string, details: Pick<AllKeysFailedDetails, 'provider' | 'pool' | 'attempts' | 'cause'>) {
    super(message, 'DEADLINE_EXCEEDED', details);
    this.provider = details.provider;
    this.pool = details.pool;
    defineLazily(this, 'attempts', true, details.attempts);
  }

  static override isInstance(value: unknown): value is DeadlineExceededError {
    return hasCode(value, 'DEADLINE_EXCEEDED');
  }

  override toJSON(): object {
    const { provider, pool, attempts } = this;
    return { ...super.toJSON(), provider, pool, attempts: attempts.map(plain) };
  }
}

printSafely(DeadlineExceededError, ({ code, provider, pool, attempts }) => ({
  code,
  provider,
  pool,
  attempts: attempts.map(withError),
}));

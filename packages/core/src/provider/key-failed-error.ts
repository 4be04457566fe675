import { findAttempt } from '../base/attempt.ts';
import { shortened, shown } from '../base/check-arguments.ts';
import { errorMessage } from '../base/error-message.ts';
import { ApiKeyFallbackError, InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { ErrorVerdict, VerdictKind } from '../base/verdict.ts';

/** The kinds of failure that a method can state of its own key. */
export type KeyFailure = Exclude<VerdictKind, 'caller-error'>;

interface TimesOf {
  transient: { readonly retryAfterMs?: number };
  'rate-limited': { readonly retryAfterMs?: number };
  'quota-exhausted': { readonly resetsAtMs?: number; readonly recheckAfterMs?: number };
  'invalid-key': { readonly recheckAfterMs?: number };
}

/**
 * Details of a `KeyFailedError`. Which times apply depends on the kind: `retryAfterMs` (a duration) with `rate-limited` and
 * `transient`, `resetsAtMs` (ms since the epoch) with `quota-exhausted`, `recheckAfterMs` (a duration) with `quota-exhausted`
 * and `invalid-key`.
 */
export type KeyFailedOptions<K extends KeyFailure = KeyFailure> = TimesOf[K] & {
  /** The client's own error, or a text that says what happened. */
  readonly cause?: unknown;
} & (K extends 'transient'
    ? unknown
    : {
        /** Whether the whole group of the key (its project or organisation) is affected. @default 'key' */
        readonly scope?: 'key' | 'group';
      });

const optionsOf: Readonly<Record<KeyFailure, readonly string[]>> = {
  transient: ['retryAfterMs'],
  'rate-limited': ['retryAfterMs', 'scope'],
  'quota-exhausted': ['resetsAtMs', 'recheckAfterMs', 'scope'],
  'invalid-key': ['recheckAfterMs', 'scope'],
};

/**
 * States what is wrong with the key of the attempt. Throw it in a decorated method or fallback function when the method
 * knows better than the adapter, for example from the body of a 200 response.
 *
 * It is the verdict on the attempt: neither `classifyError` nor the adapter is asked.
 *
 * @throws InvalidOptionsError for an unknown kind, or an option that the kind does not have.
 * @example
 * const body = await response.json();
 * if (body.status === 'OVER_QUERY_LIMIT') throw new KeyFailedError('quota-exhausted', { cause: body.error_message });
 */
export class KeyFailedError extends ApiKeyFallbackError {
  override readonly name = 'KeyFailedError';
  /** What the loop makes of the error. */
  readonly verdict: ErrorVerdict;
  /** The provider of the attempt that created the error; absent outside of an attempt. The verdict applies to its keys only. */
  declare readonly provider?: string;

  constructor(kind: 'transient', options?: KeyFailedOptions<'transient'>);
  constructor(kind: 'rate-limited', options?: KeyFailedOptions<'rate-limited'>);
  constructor(kind: 'quota-exhausted', options?: KeyFailedOptions<'quota-exhausted'>);
  constructor(kind: 'invalid-key', options?: KeyFailedOptions<'invalid-key'>);
  constructor(kind: KeyFailure, options?: { readonly cause?: unknown });
  constructor(kind: KeyFailure, options: object = {}) {
    checkKeyFailure(kind, options);
    const { cause, ...details } = options as { readonly cause?: unknown };
    const what = cause === undefined ? `The method reported its key: ${kind}.` : `${kind}: ${errorMessage(cause)}`;
    super(what, 'KEY_FAILED', options);
    const attempt = findAttempt();
    if (attempt) this.provider = attempt.provider;
    this.verdict = Object.freeze({ kind, reason: 'reported_by_method', ...withoutUndefined(details) }) as ErrorVerdict;
  }

  override toJSON(): object {
    const { verdict, provider } = this;
    return { ...super.toJSON(), verdict, ...(provider === undefined ? {} : { provider }) };
  }

  /** Whether a value is a `KeyFailedError`, also of another copy of this package. */
  static override isInstance(value: unknown): value is KeyFailedError {
    return ApiKeyFallbackError.isInstance(value) && readField(value, 'code') === 'KEY_FAILED';
  }
}

function checkKeyFailure(kind: KeyFailure, options: object): void {
  const known = Object.keys(optionsOf);
  if (!known.includes(kind)) {
    throw new InvalidOptionsError(`KeyFailedError expects one of ${known.join(', ')}; it is ${shown(kind)}.`);
  }
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionsError(`KeyFailedError('${kind}') expects an object, for example { cause: error }.`);
  }
  const allowed = ['cause', ...optionsOf[kind]];
  for (const [name, value] of Object.entries(options)) {
    if (!allowed.includes(name)) {
      throw new InvalidOptionsError(
        `KeyFailedError('${kind}') has no "${shortened(name)}". It takes ${allowed.join(', ')}.`,
      );
    }
    if (name === 'cause' || value === undefined) continue;
    if (name === 'scope' ? value !== 'key' && value !== 'group' : !isTime(value)) {
      const expected = name === 'scope' ? "'key' or 'group'" : unitOf(name);
      throw new InvalidOptionsError(`KeyFailedError('${kind}'): "${name}" must be ${expected}; it is ${shown(value)}.`);
    }
  }
}

function unitOf(name: string): string {
  return name === 'resetsAtMs' ? 'a time in ms since the epoch, for example date.getTime()' : 'a duration in ms from 0';
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function withoutUndefined(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

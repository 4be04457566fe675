import { readField } from './read-field.ts';
import { redactor } from './redaction.ts';
import { safeCopy, stackOf } from './safe-copy.ts';

/** The codes of this library's errors. `docs/reference/errors.md` has a section for each. */
export type ErrorCode =
  | 'ALL_KEYS_FAILED'
  | 'NO_API_KEYS'
  | 'KEY_SOURCE_FAILED'
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

export function mark(error: object): void {
  Object.defineProperty(error, marker, { value: true });
}

/** Makes Node print the objects of a class as `show` says, whatever the options of `inspect`. */
export function printAs<T extends object>(
  { prototype }: { readonly prototype: T },
  show: (object: T, print: (value: unknown) => string) => string,
): void {
  function inspect(this: T, _depth: number, options: object, print: (value: unknown, options: object) => string) {
    return show(this, (value) => print(value, options));
  }
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), { value: inspect });
}

/**
 * Prints an error with what `fieldsOf` returns. Node's own output can show accessors, and `cause` is the client's own error, which is
 * not redacted.
 */
export function printSafely<E extends Error>(
  errorClass: { readonly prototype: E },
  fieldsOf: (error: E) => object,
): void {
  printAs(errorClass, (error, print) => {
    const stack = redactor.redact(stackOf(error) ?? `${error.name}: ${error.message}`);
    return `${stack} ${print(fieldsOf(error))}`;
  });
}

// Node prints an uncaught error without its custom printer, but skips accessors.
export function hideCause(error: Error, details: ErrorOptions): void {
  if ('cause' in details) Object.defineProperty(error, 'cause', { get: () => details.cause });
}

export function hasCode(value: unknown, code?: ErrorCode): boolean {
  const own = readField(value, 'code');
  return readField(value, marker) === true && (code === undefined ? typeof own === 'string' : own === code);
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

  constructor(message: string, code: ErrorCode, options: ErrorOptions = {}) {
    super(redactor.redact(message));
    hideCause(this, options);
    this.code = code;
    mark(this);
  }

  toJSON(): object {
    const { name, code, message } = this;
    return { name, code, message };
  }

  /** Whether a value is any error of this library, including `AllKeysFailedError` and errors of another copy of it. */
  static isInstance(value: unknown): value is ApiKeyFallbackError {
    return hasCode(value);
  }
}

printSafely(ApiKeyFallbackError, (error) => {
  const { name: _name, message: _message, ...fields } = error.toJSON() as Record<string, unknown>;
  return { ...fields, ...(error.cause === undefined ? {} : { cause: safeCopy(error.cause) }) };
});

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
 * The registry has no key manager under this name of a provider, or of a pool of it.
 *
 * @example
 * if (UnknownProviderError.isInstance(error)) console.error(`import the adapter of ${error.provider}`);
 */
export class UnknownProviderError extends ApiKeyFallbackError {
  override readonly name = 'UnknownProviderError';
  /** The unknown name, redacted; `…` if it has more than 20 characters. */
  readonly provider: string;
  /** The unknown name of a pool, redacted; absent if the provider is unknown. */
  declare readonly pool?: string;

  constructor(provider: string, message: string, pool?: string) {
    super(message, 'UNKNOWN_PROVIDER');
    this.provider = provider;
    if (pool !== undefined) this.pool = pool;
  }

  override toJSON(): object {
    const { provider, pool } = this;
    return { ...super.toJSON(), provider, ...(pool === undefined ? {} : { pool }) };
  }

  static override isInstance(value: unknown): value is UnknownProviderError {
    return hasCode(value, 'UNKNOWN_PROVIDER');
  }
}

import { readField } from '../base/read-field.ts';

/** A `Headers` object, or a plain object whose names may be in any case. */
export type HeadersLike = Headers | Readonly<Record<string, unknown>>;

function callSafely(get: (name: string) => unknown, headers: object, name: string): unknown {
  try {
    return get.call(headers, name);
  } catch {
    return undefined;
  }
}

function nameIn(headers: object, name: string): string {
  try {
    return Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name;
  } catch {
    return name;
  }
}

/**
 * Reads one header of a `Headers` object or a plain object. Never throws.
 *
 * `name` is in lower case; it matches headers in any case. Returns `undefined` if the header is absent.
 *
 * @example
 * readHeader(response.headers, 'x-ratelimit-remaining-requests'); // '0'
 */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  // Duck-typed, because `Headers` can come from another realm or library.
  const get = readField(headers, 'get') as ((name: string) => unknown) | undefined;
  const value = typeof get === 'function' ? callSafely(get, headers, name) : readField(headers, nameIn(headers, name));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/**
 * Returns the response headers that an error carries in `headers` or `response.headers`; `undefined` if there are none.
 *
 * @example
 * const remaining = readHeader(headersOfError(error), 'x-ratelimit-remaining-requests');
 */
export function headersOfError(error: unknown): HeadersLike | undefined {
  const headers = readField(error, 'headers') ?? readField(error, 'response', 'headers');
  return typeof headers === 'object' && headers !== null ? (headers as HeadersLike) : undefined;
}

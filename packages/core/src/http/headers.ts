import { readField } from '../base/read-field.ts';
import { redactor } from '../base/redaction.ts';
import { ignoreRejection } from '../base/safely.ts';

/** A `Headers` object, or a plain object whose names may be in any case. */
export type HeadersLike = Headers | Readonly<Record<string, unknown>>;

// An iterator of another library can be endless. No server sends more headers.
const maxEntries = 500;

/** Calls a method if the object has it. */
function callSafely(object: unknown, method: string, ...args: readonly unknown[]): unknown {
  const called = readField(object, method);
  if (typeof called !== 'function') return undefined;
  try {
    const result: unknown = called.apply(object, args);
    ignoreRejection(result);
    return result;
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
  const isMap = typeof readField(headers, 'get') === 'function';
  const value = isMap ? callSafely(headers, 'get', name) : readField(headers, nameIn(headers, name));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Returns name and value of every header, with the names in lower case. Never throws. */
export function headerEntries(headers: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof headers !== 'object' || headers === null) return [];
  try {
    // Accepts a Headers object, anything else that iterates over entries, or a plain object.
    const entries = Symbol.iterator in headers ? firstOf(headers as Iterable<unknown>) : Object.entries(headers);
    return entries
      .filter((entry): entry is unknown[] => Array.isArray(entry))
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([name, value]) => [String(name).toLowerCase(), String(value)] as const);
  } catch {
    return [];
  }
}

/**
 * Returns headers without keys, for an error that keeps those of a response.
 *
 * Leaves out headers whose name has a part of a key, or whose value no `Headers` can carry. Never throws.
 *
 * @example
 * throw new AcmeError(response.status, redactedHeaders(response.headers));
 */
export function redactedHeaders(received: unknown): Headers {
  const headers = new Headers();
  for (const [name, value] of headerEntries(received)) {
    if (redactor.redact(name) !== name) continue;
    try {
      headers.append(name, redactor.redact(value));
    } catch {
      // A `fetch` for tests can return anything, and a very long value is cut with a mark.
    }
  }
  return headers;
}

function firstOf(entries: Iterable<unknown>): unknown[] {
  const first: unknown[] = [];
  for (const entry of entries) if (first.push(entry) === maxEntries) break;
  return first;
}

const headerPaths: readonly (readonly string[])[] = [
  ['headers'],
  ['response', 'headers'],
  ['responseHeaders'],
  ['$response', 'headers'],
];

/**
 * Returns the response headers that an error carries; `undefined` if there are none.
 *
 * Reads `headers`, `response.headers`, `responseHeaders`, `$response.headers` (AWS) and gRPC's metadata.
 *
 * @example
 * const remaining = readHeader(headersOfError(error), 'x-ratelimit-remaining-requests');
 */
export function headersOfError(error: unknown): HeadersLike | undefined {
  for (const path of headerPaths) {
    const headers = readField(error, ...path);
    if (typeof headers === 'object' && headers !== null) return headers as HeadersLike;
  }
  const metadata = callSafely(readField(error, 'metadata'), 'getMap');
  return typeof metadata === 'object' && metadata !== null ? (metadata as HeadersLike) : undefined;
}

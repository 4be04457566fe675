import { readField } from '../base/read-field.ts';

/** A `Headers` object, or a plain object with names in any case. */
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

/** The value of a header, whatever the case of its name; `undefined` when it is absent. */
export function readHeader(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  // A Headers object, of whatever realm or library.
  const get = readField(headers, 'get') as ((name: string) => unknown) | undefined;
  const value = typeof get === 'function' ? callSafely(get, headers, name) : readField(headers, nameIn(headers, name));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The headers of the answer behind an error: its own, or those of its `response`. */
export function headersOfError(error: unknown): HeadersLike | undefined {
  const headers = readField(error, 'headers') ?? readField(error, 'response', 'headers');
  return typeof headers === 'object' && headers !== null ? (headers as HeadersLike) : undefined;
}

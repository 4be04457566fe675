import { util } from './node-builtins.ts';
import { ignoreRejection } from './safely.ts';

/**
 * Reads a nested field of any value, such as a caught error. Never throws.
 *
 * Returns `undefined` if a field on the path is missing or cannot be read.
 *
 * @example
 * readField(error, 'response', 'data', 'code'); // error.response.data.code, or undefined
 */
export function readField(error: unknown, ...path: readonly PropertyKey[]): unknown {
  let value = error;
  try {
    for (const name of path) {
      if (value === null || value === undefined) return undefined;
      value = (value as Record<PropertyKey, unknown>)[name];
      // An async getter that rejects would end the process.
      if (util.types.isPromise(value)) ignoreRejection(value);
    }
  } catch {
    return undefined;
  }
  return value;
}

const longestList = 10;

/**
 * Reads a nested array of any value, at most its first ten entries. Never throws; returns `[]` for anything else.
 *
 * @example
 * const reasons = readList(failure.detail, 'details').map((entry) => readField(entry, 'reason'));
 */
export function readList(error: unknown, ...path: readonly PropertyKey[]): readonly unknown[] {
  const list = readField(error, ...path);
  if (typeof list !== 'object' || list === null) return [];
  try {
    return Array.isArray(list) ? list.slice(0, longestList) : [];
  } catch {
    return [];
  }
}

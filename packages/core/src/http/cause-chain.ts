import { readField, readList } from '../base/read-field.ts';

/** How many levels of causes are looked at. An error can be its own cause. */
export const maxCauseDepth = 5;

/** Returns an error, followed by the errors that it was made from: its `lastError`, `cause` and `errors`, five levels deep. */
export function causeChain(error: unknown, depth = 0): readonly object[] {
  if (typeof error !== 'object' || error === null) return [];
  if (depth === maxCauseDepth) return [error];
  // The AI SDK repeats a request by itself and keeps the error of its last attempt in `lastError`.
  const parts = [readField(error, 'lastError'), readField(error, 'cause'), ...readList(error, 'errors')];
  return [error, ...parts.flatMap((part) => causeChain(part, depth + 1))];
}

import { readField, readList } from '../base/read-field.ts';

/** How many levels of causes are looked at. An error can be its own cause. */
export const maxCauseDepth = 5;

/** How many errors are looked at. Errors of errors can be very many, and an accessor can always return new ones. */
const maxCauses = 50;

/** Returns an error, followed by the errors that it was made from: its `lastError`, `cause` and `errors`, each once. */
export function causeChain(error: unknown): readonly object[] {
  const found = new Set<object>();
  addCauses(found, error, 0);
  return [...found];
}

function addCauses(found: Set<object>, error: unknown, depth: number): void {
  if (typeof error !== 'object' || error === null || found.has(error) || found.size === maxCauses) return;
  found.add(error);
  if (depth === maxCauseDepth) return;
  // The AI SDK repeats a request by itself and keeps the error of its last attempt in `lastError`.
  const parts = [readField(error, 'lastError'), readField(error, 'cause'), ...readList(error, 'errors')];
  for (const part of parts) addCauses(found, part, depth + 1);
}

/** Reads a nested field of whatever was thrown; `undefined` when it is missing or cannot be read. */
export function readField(error: unknown, ...path: readonly PropertyKey[]): unknown {
  let value = error;
  try {
    for (const name of path) {
      if (value === null || value === undefined) return undefined;
      value = (value as Record<PropertyKey, unknown>)[name];
    }
  } catch {
    return undefined;
  }
  return value;
}

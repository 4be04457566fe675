import { inspect } from 'node:util';

function toJson(value: unknown): string {
  const seen = new Set<unknown>();
  const json = JSON.stringify(value, (_name, field: unknown) => {
    if (seen.has(field)) return undefined;
    if (typeof field === 'object') seen.add(field);
    return field;
  }) as string | undefined;
  return json ?? '';
}

/** Returns a value in every printed form: inspected, as a string, as JSON, and as message and stack. */
export function renderings(value: unknown): string[] {
  const error = value instanceof Error ? [value.message, String(value.stack)] : [];
  const text = typeof value === 'object' && value !== null && !('toString' in value) ? '' : String(value);
  return [
    inspect(value, { depth: 9 }),
    inspect(value, { depth: 30, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null }),
    text,
    toJson(value),
    ...error,
  ];
}

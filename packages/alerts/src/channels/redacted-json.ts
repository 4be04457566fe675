import { redactKeys } from '@api-key-fallback/core/adapter';

/** Returns a value as JSON, without keys in any of its texts. */
export function redactedJson(value: object): string {
  return JSON.stringify(value, (_field, part: unknown) => (typeof part === 'string' ? redactKeys(part) : part));
}

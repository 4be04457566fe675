import { redactKeys } from '@api-key-fallback/core/adapter';

/**
 * Returns a value as JSON, without keys in any of its texts.
 *
 * Not for markup, in which what looks like a key can reach beyond the end of a link. Its texts come from describeNotification().
 */
export function redactedJson(value: object): string {
  return JSON.stringify(value, (_field, part: unknown) => (typeof part === 'string' ? redactKeys(part) : part));
}

import type { KeyStatus } from '@api-key-fallback/core';

/** Prints one row per key, with the number of HTTP requests per key when given. */
export function printKeys(keys: readonly KeyStatus[], requests?: readonly number[]): void {
  const rows = keys.map(({ label, masked, state, availableAtMs, usage }, index) => ({
    key: label,
    masked,
    state,
    attempts: usage.attempts,
    successes: usage.successes,
    failures: Object.values(usage.failures).reduce((sum, count) => sum + count, 0),
    'available at': availableAtMs === undefined ? '' : new Date(availableAtMs).toISOString().slice(0, 19),
    ...(requests ? { 'HTTP requests': requests[index] ?? 0 } : {}),
  }));
  console.table(rows);
}

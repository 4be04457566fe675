import type { KeyManagerStatus } from '@api-key-fallback/core';

/** Whether the key source was asked, and has given no list since then. */
export function sourceFails(source: KeyManagerStatus['source']): boolean {
  if (source?.lastAttemptAtMs === undefined) return false;
  return source.lastSuccessAtMs === undefined || source.lastAttemptAtMs > source.lastSuccessAtMs;
}

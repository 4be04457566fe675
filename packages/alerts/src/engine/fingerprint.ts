/** Identifies an alert, in every process. `keyId` is a key's fingerprint. */
export function fingerprintOf(rule: string, provider: string, pool: string, keyId?: string): string {
  const parts = keyId === undefined ? [rule, provider, pool] : [rule, provider, pool, keyId];
  return parts.map((part) => encodeURIComponent(part)).join('/');
}

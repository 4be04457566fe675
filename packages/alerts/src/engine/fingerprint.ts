/** Identifies an alert, in every process. `about` is a key's fingerprint, or the name of a quota bucket. */
export function fingerprintOf(rule: string, provider: string, pool: string, about?: string): string {
  const parts = about === undefined ? [rule, provider, pool] : [rule, provider, pool, about];
  return parts.map((part) => encodeURIComponent(part)).join('/');
}

/**
 * The kind of a failure: what the call does next, and what happens to the key.
 *
 * - `transient`: a network error, a timeout or a 5xx. Retry, then take the next key.
 * - `rate-limited`: wait, or take the next key. The key cools down.
 * - `quota-exhausted`: take the next key. The key cools down until its quota resets.
 * - `invalid-key`: take the next key. The key is disabled.
 * - `caller-error`: rethrow the error. The key is not affected.
 */
export type VerdictKind = 'transient' | 'rate-limited' | 'quota-exhausted' | 'invalid-key' | 'caller-error';

interface Affected {
  /** Which keys the verdict affects: this key, or all keys of its group. @default 'key' */
  readonly scope?: 'key' | 'group';
  /** The group (project, organisation) that the response names. */
  readonly group?: string;
  /** Limits the verdict to one quota bucket of the key or group, for example `search.list`. */
  readonly bucket?: string;
}

/**
 * An adapter's verdict on one error.
 *
 * `retryAfterMs` and `recheckAfterMs` are durations in ms; `resetsAtMs` is a time in ms since the epoch. Leave them out if
 * the provider does not state them.
 *
 * @example
 * const verdict: ErrorVerdict = { kind: 'rate-limited', reason: 'rate_limit_exceeded', retryAfterMs: 20_000 };
 */
export type ErrorVerdict = {
  /** A short, stable code for logs and metrics, for example `invalid_api_key`. Not the provider's message. */
  readonly reason: string;
} & (
  | { readonly kind: 'transient'; readonly retryAfterMs?: number }
  | ({ readonly kind: 'rate-limited'; readonly retryAfterMs?: number } & Affected)
  | ({ readonly kind: 'quota-exhausted'; readonly resetsAtMs?: number; readonly recheckAfterMs?: number } & Affected)
  | ({ readonly kind: 'invalid-key'; readonly recheckAfterMs?: number } & Affected)
  | { readonly kind: 'caller-error' }
);

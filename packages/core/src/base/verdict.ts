/** What a failure says about the call and about the key; see `docs/concepts.md`. */
export type VerdictKind = 'transient' | 'rate-limited' | 'quota-exhausted' | 'invalid-key' | 'caller-error';

interface Strike {
  /** Whom the verdict strikes: this key (default), or every key of its group. */
  readonly scope?: 'key' | 'group';
  /** The group (project, organisation) that the answer names. */
  readonly group?: string;
  /** Restricts the verdict to one quota bucket of the key or group, for example `search.list`. */
  readonly bucket?: string;
}

/** An adapter's judgement of one error; all times are in milliseconds, `resetsAtMs` since the epoch. */
export type ErrorVerdict = {
  /** A short stable code for logs and metrics, for example `invalid_api_key`; never a message of the provider. */
  readonly reason: string;
} & (
  | { readonly kind: 'transient'; readonly retryAfterMs?: number }
  | ({ readonly kind: 'rate-limited'; readonly retryAfterMs?: number } & Strike)
  | ({ readonly kind: 'quota-exhausted'; readonly resetsAtMs?: number; readonly recheckAfterMs?: number } & Strike)
  | ({ readonly kind: 'invalid-key'; readonly recheckAfterMs?: number } & Strike)
  | { readonly kind: 'caller-error' }
);

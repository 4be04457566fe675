/** What an operator can do with a key: `POST api/v1/pools/<provider>/<pool>/keys/<keyId>/<action>`. */
export const keyActions = ['reset', 'disable', 'enable', 'prefer', 'end-preference', 'check'] as const;
export type KeyAction = (typeof keyActions)[number];

/** The header that each request with an effect must have, so that no form and no other site can send one. Its value is not looked at. */
export const actionHeader = 'x-api-key-fallback';

/** The answer to an action that has worked. */
export type ActionResult =
  | { readonly action: Exclude<KeyAction, 'check'> }
  /** What the provider says about the key. */
  | {
      readonly action: 'check';
      readonly outcome: 'working' | 'refused' | 'inconclusive';
      readonly verdict?: string;
      readonly reason?: string;
      readonly latencyMs: number;
    }
  /** `POST api/v1/alerts/channels/<name>/test` */
  | { readonly action: 'test-channel'; readonly isDelivered: boolean; readonly error?: string };

/** The answer to a request that has failed: a problem as RFC 9457 describes it, as `application/problem+json`. */
export interface Problem {
  /** The HTTP status. */
  readonly status: number;
  /** A name for programs, such as `read-only`. */
  readonly code:
    | 'unauthorized'
    /** The application does not let the visitor in. There is no token to sign in with. */
    | 'not-let-in'
    | 'wrong-token'
    | 'too-many-tries'
    | 'forbidden-origin'
    | 'unknown-host'
    | 'read-only'
    | 'not-found'
    | 'not-allowed'
    | 'closed'
    | 'failed';
  /** A sentence for people, in English. */
  readonly title: string;
  /** When to try again, in s. */
  readonly retryAfterSeconds?: number;
}

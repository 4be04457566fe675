import type { RateLimit } from '../provider/provider-adapter.ts';

/**
 * How a limit is known.
 *
 * - `configured`: by the options `limits` and `groupLimits`. A key without room is not used.
 * - `header`: the provider's responses state it.
 * - `learned`: the provider has refused requests, of this key or of another one of the pool.
 * - `provider`: the provider documents it for every key.
 *
 * By all but `configured`, a key without room is full: other keys come first, and it is used when none of them can be.
 */
export type LimitSource = 'configured' | 'header' | 'learned' | 'provider';

/** A limit of a key, and how much of it is used. */
export interface UsedLimit {
  /** Its name in the options, for example `requestsPerMinute`. A header's own name for what no option says, such as `input-tokens`. */
  readonly name: string;
  readonly source: LimitSource;
  /** The full amount; absent if a header states only what remains. */
  readonly limit?: number;
  /** Of `limit`; by a header, running requests that it cannot have counted are included. */
  readonly used?: number;
  /** What is left, if there is no `limit`. */
  readonly remaining?: number;
  /** The time in ms until less is used. */
  readonly resetsInMs?: number;
  /** The time over which the provider counts, if a header states it. */
  readonly window?: NonNullable<RateLimit['window']>;
  /** The quota bucket that it applies to; absent if it applies to the whole key. */
  readonly bucket?: string;
  /** The group whose keys share it. */
  readonly group?: string;
}

import type { LimitSource } from '../provider/key-limits.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';

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

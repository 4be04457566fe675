import type { VerdictKind } from './verdict.ts';

/** One failed attempt of a call. */
export interface FailedAttempt {
  /** The fingerprint of the key. */
  readonly keyId: string;
  /** The number of the key in the list, from 1. */
  readonly ordinal: number;
  /** The public name of the key, for example the variable it came from. */
  readonly label: string;
  /** The number of the attempt on its key, from 1. */
  readonly attemptNumber: number;
  /** How long the attempt took, in ms. */
  readonly durationMs: number;
  /** The kind of failure. */
  readonly verdict: VerdictKind;
  /** The adapter's short code for the failure, for example `invalid_api_key`. */
  readonly reason: string;
  /** The error that the attempt threw, or a redacted copy if the original contains a key. */
  readonly error: unknown;
  /** The message of the error as one redacted line. */
  readonly message: string;
  /** The pause in ms before the next attempt on the same key; absent if the key was not tried again. */
  readonly delayMs?: number;
}

/** Identifies a key in events, logs and `status()` without revealing it. */
export interface KeyRef {
  /** The key's fingerprint (shortened SHA-256); the same in every process. */
  readonly keyId: string;
  /** Its position in the list, from 1, as in `key 1/4`. */
  readonly ordinal: number;
  /** The number of keys in the list. */
  readonly total: number;
  /** A name that is safe to show, for example the environment variable of the key. */
  readonly label: string;
}

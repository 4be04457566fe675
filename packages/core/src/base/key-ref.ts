/** How events, logs and errors name a key. */
export interface KeyRef {
  /** The key's fingerprint; the same in every process. */
  readonly keyId: string;
  /** Its number in the list, from 1, as in `key 1/4`. */
  readonly ordinal: number;
  /** The number of keys in the list. */
  readonly total: number;
  /** A public name, for example the variable it came from. */
  readonly label: string;
}

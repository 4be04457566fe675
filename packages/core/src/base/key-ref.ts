/** How events, logs and errors name a key. */
export interface KeyName {
  /** The key's fingerprint; the same in every process. */
  readonly keyId: string;
  /** Its place in the list, from 1. */
  readonly position: number;
  /** The number of keys in the list. */
  readonly total: number;
  /** A public name, for example the variable it came from. */
  readonly label: string;
}

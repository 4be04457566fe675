/** A way to make chat calls with several keys. */
export interface Way {
  readonly name: string;
  /** Begins a service that uses these keys at this address. Returns what makes one call. */
  start(baseURL: string, keys: readonly string[]): () => Promise<unknown>;
}

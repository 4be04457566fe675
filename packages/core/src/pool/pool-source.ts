/** Where the keys of a pool come from, if they are not listed by the application. */
export interface PoolSource {
  /** Whether calls can go on with the keys that there are. Starts a load that is due. */
  isReady(): boolean;
  /** Resolves when there are keys. Rejects when they cannot be loaded. */
  ready(): Promise<void>;
  /** The load that a refused key asks for; `undefined` if the last one is too recent. */
  afterInvalidKey(): Promise<void> | undefined;
  close(): void;
}

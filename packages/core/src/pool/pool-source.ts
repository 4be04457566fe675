/** A key source in `status()`. */
export interface SourceStatus {
  /** The name of the source, for example `vault`. */
  readonly name: string;
  /** When a load last began, in ms since the epoch; absent before the first one. */
  readonly lastAttemptAtMs?: number;
  /** When a load last succeeded, in ms since the epoch; absent before the first time. */
  readonly lastSuccessAtMs?: number;
  /** When the keys of the last good answer expire, in ms since the epoch; absent if the source states no end. */
  readonly expiresAtMs?: number;
}

/** Where the keys of a pool come from, if they are not listed by the application. */
export interface PoolSource {
  /** Whether calls can go on with the keys that there are. Starts a load that is due. */
  isReady(): boolean;
  /** Resolves when there are keys. Rejects when they cannot be loaded. */
  ready(): Promise<void>;
  /** The load that a refused key asks for; `undefined` if the last one is too recent. */
  afterInvalidKey(): Promise<void> | undefined;
  /** What `status()` shows of it. */
  readonly status: SourceStatus;
  close(): void;
}

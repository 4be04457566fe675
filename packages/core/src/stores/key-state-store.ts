import type { KeyRecord } from '../state/key-record.ts';
import type { WindowCounters } from '../state/usage-counts.ts';

/** The position in a pool's history up to which a process has read. */
export interface Cursor {
  /** Changes when the store has lost its data. */
  readonly incarnation: string;
  /** Rises with every change of a record, and with nothing else. */
  readonly version: number;
}

/** The facts and counters that one process sends, and the position up to which it has read the pool. */
export interface SyncRequest {
  /** The provider's name, for example `openai`. */
  readonly pool: string;
  /** The id of the sending process. Counters are kept for each instance. */
  readonly instance: string;
  /** Record id → record to join. The id is the key's fingerprint, or `fingerprint/bucket` for one quota bucket. */
  readonly facts: ReadonlyMap<string, KeyRecord>;
  /** The counters of this instance that the store may lack, by window. A window without totals only asks for its sums. */
  readonly counters: readonly WindowCounters[];
  /** Whether the reply needs the sums over all instances, for each window of `counters`. Most requests do not. */
  readonly withTotals: boolean;
  /** Where the process has read up to; `undefined` asks for all records. */
  readonly seen: Cursor | undefined;
}

/** The records that changed after `seen`, and the totals of the requested windows. */
export interface SyncReply {
  /** The store's clock, in ms since the epoch. */
  readonly now: number;
  readonly cursor: Cursor;
  /** Whether `records` holds the whole pool instead of the changes after `seen`. */
  readonly full: boolean;
  /** Record id → joined record. */
  readonly records: ReadonlyMap<string, KeyRecord>;
  /** Window → key id → sums over all instances, for each window of a request with `withTotals`; otherwise empty. */
  readonly totals: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  /**
   * Whether this is the first request that an empty store has received. Its sender sends everything again at once. The
   * other processes wait a second, because by then they have received most of it. A store that never loses its data
   * leaves it out.
   */
  readonly isFirst?: boolean;
}

/** Records that one process has just changed. */
export interface Change {
  /** The position after the change. */
  readonly cursor: Cursor;
  /** The instance that made the change. */
  readonly instance: string;
  /** Record id → joined record. */
  readonly records: ReadonlyMap<string, KeyRecord>;
}

/** Receives the changes that any process, this one included, makes in a pool. */
export interface ChangeListener {
  change(change: Change): void;
  /** Reports that changes may have been missed, so that the listener syncs. */
  gap(): void;
}

/** Exclusive use of a name, until it is released or expires. */
export interface Lease {
  /**
   * Holds the lease for `ttlMs` milliseconds from now, and writes `note` in the same step; without `note`, the last one stays.
   *
   * Resolves to `false` when the lease has expired or was released: another process may hold it by then, and its note must
   * stay. Optional, together with `readNote()`.
   */
  renew?(ttlMs: number, note?: string): Promise<boolean>;
  /** Does nothing when the lease has expired, because another process may hold it by then. */
  release(): Promise<void>;
}

/**
 * Keeps the state of keys and shares it between processes. Implement it for a database of your own.
 *
 * A store joins records with `joinRecords` and adds up counters. Managers do the rest: they retry, detect outages and
 * data loss, and resend. A store receives fingerprints, codes and numbers, never a key, an error message or a URL. The
 * exception is the name of an operation, which the application chooses: it becomes a bucket, and so part of a record
 * id. Notes say which alerts were sent, and when.
 *
 * @example
 * const store: KeyStateStore = new FileStore('.api-key-state');
 * const { records, cursor } = await store.sync({
 *   pool: 'openai', instance: 'worker-1', facts: new Map(), counters: [], withTotals: false, seen: undefined,
 * });
 */
export interface KeyStateStore {
  /** A short name for logs and `status()`, up to 64 characters, for example `redis`. */
  readonly kind: string;
  /**
   * Joins facts and counters, and resolves to the changes after `seen`.
   *
   * Requests may arrive twice and in any order; the result is the same. Rejects promptly when the store cannot be
   * reached. `signal` is aborted when the manager stops waiting.
   */
  sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply>;
  /** Starts a best-effort feed of changes. Resolves, when the feed is live, to the function that ends it. */
  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>>;
  /** Takes a lease, for at most `ttlMs` milliseconds. Resolves to `null` when another process holds it. */
  lease(pool: string, name: string, ttlMs: number): Promise<Lease | null>;
  /**
   * Reads the note that the last holder of a lease has written with `renew()`: up to 64 KiB of text, kept for at least a
   * day after the last renewal, with or without a note. Resolves to `undefined` if there is none.
   *
   * Optional, together with `renew()`. Alerts use both, so that one process sends them, and another one knows what was sent
   * when it takes over. With a store that has neither, each process sends its own.
   */
  readNote?(pool: string, name: string): Promise<string | undefined>;
  /** Releases connections and files, and ends all feeds. May be called twice. */
  close(): Promise<void>;
}

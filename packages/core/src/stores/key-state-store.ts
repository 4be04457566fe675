import type { KeyRecord } from '../state/key-record.ts';
import type { WindowCounters } from '../state/usage-counts.ts';

/** How far a replica has seen a pool; a new incarnation means that the store has lost what it knew. */
export interface Cursor {
  readonly incarnation: string;
  readonly version: number;
}

/** What one process tells a store, and how far it has seen the pool. */
export interface SyncRequest {
  /** The provider. */
  readonly pool: string;
  /** The process; each has counters of its own. */
  readonly instance: string;
  /** Record id (a key's fingerprint, with the bucket behind a slash where there is one) → record to join. */
  readonly facts: ReadonlyMap<string, KeyRecord>;
  readonly counters: readonly WindowCounters[];
  /** `undefined` asks for everything. */
  readonly seen: Cursor | undefined;
}

/** What a store knows that the asking process has not seen. */
export interface SyncReply {
  /** The store's clock, in ms since the epoch. */
  readonly now: number;
  readonly cursor: Cursor;
  /** Whether `records` is the whole pool rather than what changed since `seen`. */
  readonly full: boolean;
  readonly records: ReadonlyMap<string, KeyRecord>;
  /** Window → key id → totals of all processes, for the windows of the request. */
  readonly totals: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
}

/** Records that some process has just changed. */
export interface Change {
  readonly cursor: Cursor;
  /** The process that changed them. */
  readonly instance: string;
  readonly records: ReadonlyMap<string, KeyRecord>;
}

/** Receives what other processes, and this one, change in a pool. */
export interface ChangeListener {
  change(change: Change): void;
  /** Changes may have been missed: ask for them. */
  gap(): void;
}

/** A name that is held until it is released or its time is over. */
export interface Lease {
  release(): Promise<void>;
}

/**
 * Where the state of keys is kept and shared.
 *
 * A store keeps fingerprints, codes and numbers, never a key, a message or a URL, unless a caller names
 * an operation so: a bucket's name is part of its id. It joins records by `joinRecords` and
 * decides nothing else, retries nothing and repairs nothing.
 */
export interface KeyStateStore {
  /** For logs, for example `redis`. */
  readonly kind: string;
  /**
   * Joins facts and counters, and gives back what changed since `seen`.
   *
   * May be repeated, doubled and reordered at will. Rejects soon when the store is away.
   */
  sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply>;
  /** A best-effort feed of changes; resolves to the function that ends it. */
  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>>;
  /** Best-effort mutual exclusion for probes, for `ttlMs` at most; `null` when somebody else has it. */
  lease(pool: string, name: string, ttlMs: number): Promise<Lease | null>;
  /** Gives up connections and files; may be called twice. */
  close(): Promise<void>;
}

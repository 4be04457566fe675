// The whole contract on a few maps. A real store has a database in place of the backend.
import { randomUUID } from 'node:crypto';
import {
  freshRecord,
  isSameRecord,
  joinRecords,
  type Change,
  type ChangeListener,
  type Cursor,
  type KeyRecord,
  type KeyStateStore,
  type Lease,
  type SyncReply,
  type SyncRequest,
  type WindowCounters,
} from '@api-key-fallback/core/store';

interface Counted {
  readonly window: string;
  readonly keyId: string;
  totals: readonly number[];
}

export class MinimalPool {
  version = 0;
  readonly incarnation: string = randomUUID();
  readonly records = new Map<string, { readonly record: KeyRecord; readonly version: number }>();
  /** One entry for each window, instance and key. */
  readonly counters = new Map<string, Counted>();
  /** Window → its latest end. */
  readonly ends = new Map<string, number>();
  readonly leases = new Map<string, { untilMs: number }>();
  /** Name of a lease → its note. */
  readonly notes = new Map<string, string>();
  readonly listeners = new Map<ChangeListener, MinimalStore>();
}

export class MinimalBackend {
  now: () => number = Date.now;
  readonly #pools = new Map<string, MinimalPool>();

  pool(name: string): MinimalPool {
    const pool = this.#pools.get(name) ?? new MinimalPool();
    this.#pools.set(name, pool);
    return pool;
  }

  get pools(): Iterable<MinimalPool> {
    return this.#pools.values();
  }
}

export class MinimalStore implements KeyStateStore {
  readonly kind: string = 'minimal';
  protected readonly backend: MinimalBackend;

  constructor(backend: MinimalBackend) {
    this.backend = backend;
  }

  async sync({ pool: name, instance, facts, counters, withTotals, seen }: SyncRequest): Promise<SyncReply> {
    const pool = this.backend.pool(name);
    const now = this.backend.now();
    this.dropExpired(pool, now);
    this.merge(pool, instance, facts);
    for (const window of counters) this.count(pool, instance, window);

    const asked = withTotals ? counters : [];
    const totals = new Map(asked.map(({ window }) => [window, this.totals(pool, window)]));
    return { now, cursor: this.cursor(pool), ...this.since(pool, seen), totals };
  }

  async subscribe(name: string, on: ChangeListener): Promise<() => Promise<void>> {
    const { listeners } = this.backend.pool(name);
    listeners.set(on, this);
    return async () => void listeners.delete(on);
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    const { leases } = this.backend.pool(pool);
    const now = this.backend.now();
    if ((leases.get(name)?.untilMs ?? 0) > now) return null;
    const mine = { untilMs: now + ttlMs };
    leases.set(name, mine);
    return {
      renew: async (renewedMs, note) => this.renew(pool, name, mine, renewedMs, note),
      release: async () => void (leases.get(name) === mine && leases.delete(name)),
    };
  }

  async readNote(pool: string, name: string): Promise<string | undefined> {
    return this.backend.pool(pool).notes.get(name);
  }

  async close(): Promise<void> {
    for (const { listeners } of this.backend.pools) {
      for (const [listener, store] of listeners) if (store === this) listeners.delete(listener);
    }
  }

  protected renew(pool: string, name: string, mine: { untilMs: number }, ttlMs: number, note?: string): boolean {
    const { leases, notes } = this.backend.pool(pool);
    const now = this.backend.now();
    if (leases.get(name) !== mine || mine.untilMs <= now) return false;
    mine.untilMs = now + ttlMs;
    // A real store drops a note a day after the last renewal, with or without a note.
    if (note !== undefined) notes.set(name, note);
    return true;
  }

  protected join(known: KeyRecord, fact: KeyRecord): KeyRecord {
    return joinRecords(known, fact);
  }

  protected merge(pool: MinimalPool, instance: string, facts: SyncRequest['facts']): void {
    const changed = new Map<string, KeyRecord>();
    for (const [id, fact] of facts) {
      const known = pool.records.get(id)?.record ?? freshRecord;
      const record = this.join(known, fact);
      if (!isSameRecord(record, known)) changed.set(id, record);
    }
    if (changed.size === 0) return;
    pool.version += 1;
    for (const [id, record] of changed) pool.records.set(id, { record, version: pool.version });
    this.emit(pool, { cursor: this.cursor(pool), instance, records: changed });
  }

  protected emit(pool: MinimalPool, change: Change): void {
    for (const listener of pool.listeners.keys()) {
      try {
        listener.change(change);
      } catch {
        // A listener that throws must not fail the writer.
      }
    }
  }

  protected cursor({ incarnation, version }: MinimalPool): Cursor {
    return { incarnation, version };
  }

  protected since(pool: MinimalPool, seen: Cursor | undefined): Pick<SyncReply, 'full' | 'records'> {
    const full = seen?.incarnation !== pool.incarnation || seen.version > pool.version;
    const changed = [...pool.records].filter(([, known]) => full || known.version > seen.version);
    return { full, records: new Map(changed.map(([id, { record }]) => [id, record])) };
  }

  protected dropExpired(pool: MinimalPool, now: number): void {
    for (const [id, { window }] of pool.counters) if ((pool.ends.get(window) ?? 0) <= now) pool.counters.delete(id);
  }

  protected count(pool: MinimalPool, instance: string, { window, expiresAtMs, totals }: WindowCounters): void {
    pool.ends.set(window, Math.max(pool.ends.get(window) ?? 0, expiresAtMs));
    for (const [keyId, counts] of totals) {
      const id = JSON.stringify([window, instance, keyId]);
      const known = pool.counters.get(id) ?? { window, keyId, totals: [] };
      known.totals = placeByPlace(known.totals, counts, Math.max);
      pool.counters.set(id, known);
    }
  }

  protected totals(pool: MinimalPool, window: string): Map<string, readonly number[]> {
    const sums = new Map<string, readonly number[]>();
    for (const counted of pool.counters.values()) {
      if (counted.window !== window) continue;
      const known = sums.get(counted.keyId) ?? [];
      sums.set(counted.keyId, placeByPlace(known, counted.totals, sum));
    }
    return sums;
  }
}

function sum(a: number, b: number): number {
  return a + b;
}

function placeByPlace(a: readonly number[], b: readonly number[], merge: (a: number, b: number) => number): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, place) => merge(a[place] ?? 0, b[place] ?? 0));
}

import { randomUUID } from 'node:crypto';
import { isolated } from './isolated.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord } from './key-record.ts';
import type {
  ChangeListener,
  Cursor,
  KeyStateStore,
  Lease,
  SyncReply,
  SyncRequest,
  WindowCounters,
} from './key-state-store.ts';

interface Versioned {
  readonly record: KeyRecord;
  readonly version: number;
}

interface Window {
  expiresAtMs: number;
  /** Process → key id → totals. */
  readonly byInstance: Map<string, Map<string, readonly number[]>>;
}

function merge(a: readonly number[], b: readonly number[], pick: (a: number, b: number) => number): number[] {
  const longer = a.length > b.length ? a : b;
  return longer.map((_, index) => pick(a[index] ?? 0, b[index] ?? 0));
}

/** The larger of two totals, place by place: a late message never takes anything back. */
function larger(a: readonly number[], b: readonly number[]): number[] {
  return merge(a, b, Math.max);
}

function sum(a: readonly number[], b: readonly number[]): number[] {
  return merge(a, b, (left, right) => left + right);
}

class MemoryPool {
  readonly listeners = new Set<ChangeListener>();
  readonly leases = new Map<string, { readonly untilMs: number }>();
  readonly #incarnation = randomUUID();
  readonly #records = new Map<string, Versioned>();
  readonly #windows = new Map<string, Window>();
  #version = 0;

  get cursor(): Cursor {
    return { incarnation: this.#incarnation, version: this.#version };
  }

  /** Joins facts and gives back the records that they changed. */
  join(facts: ReadonlyMap<string, KeyRecord>): Map<string, KeyRecord> {
    const changed = new Map<string, KeyRecord>();
    for (const [id, fact] of facts) {
      const known = this.#records.get(id)?.record ?? freshRecord;
      const joined = joinRecords(known, fact);
      if (!isSameRecord(joined, known)) changed.set(id, joined);
    }
    if (changed.size > 0) this.#version++;
    for (const [id, record] of changed) this.#records.set(id, { record, version: this.#version });
    return changed;
  }

  since(seen: Cursor | undefined): { full: boolean; records: Map<string, KeyRecord> } {
    const full = seen?.incarnation !== this.#incarnation || seen.version > this.#version;
    const after = full ? -1 : seen.version;
    const records = [...this.#records].filter(([, { version }]) => version > after);
    return { full, records: new Map(records.map(([id, { record }]) => [id, record])) };
  }

  count(instance: string, { window, expiresAtMs, totals }: WindowCounters): void {
    const known = this.#windows.get(window) ?? {
      expiresAtMs,
      byInstance: new Map<string, Map<string, readonly number[]>>(),
    };
    // A window may be prolonged, and a late message does not shorten it again.
    known.expiresAtMs = Math.max(known.expiresAtMs, expiresAtMs);
    this.#windows.set(window, known);
    const own = known.byInstance.get(instance) ?? new Map<string, readonly number[]>();
    known.byInstance.set(instance, own);
    for (const [keyId, counts] of totals) own.set(keyId, larger(own.get(keyId) ?? [], counts));
  }

  totals(window: string): Map<string, readonly number[]> {
    const totals = new Map<string, readonly number[]>();
    for (const own of this.#windows.get(window)?.byInstance.values() ?? []) {
      for (const [keyId, counts] of own) totals.set(keyId, sum(totals.get(keyId) ?? [], counts));
    }
    return totals;
  }

  forgetWindowsBefore(now: number): void {
    for (const [name, { expiresAtMs }] of this.#windows) if (expiresAtMs <= now) this.#windows.delete(name);
  }
}

/** Keeps state in this process; several managers that are given the same one share it. */
export class MemoryStore implements KeyStateStore {
  readonly kind = 'memory';
  readonly #pools = new Map<string, MemoryPool>();
  readonly #now: () => number;

  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
  }

  async sync({ pool: name, instance, facts, counters, seen }: SyncRequest): Promise<SyncReply> {
    const pool = this.#pool(name);
    const now = this.#now();
    pool.forgetWindowsBefore(now);
    const changed = pool.join(facts);
    for (const window of counters) pool.count(instance, window);
    const change = { cursor: pool.cursor, instance, records: changed };
    if (changed.size > 0) for (const listener of pool.listeners) isolated(() => listener.change(change));
    const totals = new Map(counters.map(({ window }) => [window, pool.totals(window)]));
    return { now, cursor: pool.cursor, ...pool.since(seen), totals };
  }

  async subscribe(name: string, on: ChangeListener): Promise<() => Promise<void>> {
    const { listeners } = this.#pool(name);
    listeners.add(on);
    return async () => void listeners.delete(on);
  }

  async lease(name: string, lease: string, ttlMs: number): Promise<Lease | null> {
    const { leases } = this.#pool(name);
    const held = leases.get(lease);
    if (held && held.untilMs > this.#now()) return null;
    const mine = { untilMs: this.#now() + ttlMs };
    leases.set(lease, mine);
    return {
      release: async () => {
        if (leases.get(lease) === mine) leases.delete(lease);
      },
    };
  }

  async close(): Promise<void> {
    for (const { listeners } of this.#pools.values()) listeners.clear();
  }

  #pool(name: string): MemoryPool {
    const pool = this.#pools.get(name) ?? new MemoryPool();
    this.#pools.set(name, pool);
    return pool;
  }
}

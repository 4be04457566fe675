import { safely } from '../base/safely.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord } from '../state/key-record.ts';
import { endOf, isOldCooldown, mostBuckets, namesToEvict, sweepMs } from '../state/stale-buckets.ts';
import type { ChangeListener, Cursor } from './key-state-store.ts';

interface Versioned {
  readonly record: KeyRecord;
  readonly version: number;
  readonly changedAtMs: number;
}

/** One pool's health records, in memory, and the listeners to its changes. */
export class MemoryPool {
  readonly listeners: Set<ChangeListener> = new Set();
  readonly #incarnation = crypto.randomUUID();
  /** Key id → the records of the key and of its buckets, by their ids. */
  readonly #byKey = new Map<string, Map<string, Versioned>>();
  #version = 0;
  #nextSweepMs = 0;

  get cursor(): Cursor {
    return { incarnation: this.#incarnation, version: this.#version };
  }

  /** Joins facts and notifies the listeners. Returns whether a record has changed. `now` is in ms since the epoch. */
  merge(instance: string, facts: ReadonlyMap<string, KeyRecord>, now: number): boolean {
    const changed = new Map<string, KeyRecord>();
    for (const [id, fact] of facts) {
      const stored = this.#recordsOf(id)?.get(id)?.record;
      // Otherwise two processes would keep returning to each other what one of them has forgotten.
      if (!stored && id !== keyIdOf(id) && isOldCooldown(fact, now)) continue;
      const known = stored ?? freshRecord;
      const joined = joinRecords(known, fact);
      if (!isSameRecord(joined, known)) changed.set(id, joined);
    }
    if (changed.size === 0) return false;
    this.#version++;
    for (const [id, record] of changed) this.#set(id, { record, version: this.#version, changedAtMs: now });
    this.#sweep(now);
    const change = { cursor: this.cursor, instance, records: changed };
    for (const listener of this.listeners) safely(() => listener.change(change));
    return true;
  }

  /** The records that changed after the cursor; all records when the cursor is of another incarnation. */
  changesSince(seen: Cursor | undefined): { full: boolean; records: Map<string, KeyRecord> } {
    const full = seen?.incarnation !== this.#incarnation || seen.version > this.#version;
    const after = full ? -1 : seen.version;
    const all = [...this.#byKey.values()].flatMap((records) => [...records]);
    const records = all.filter(([, { version }]) => version > after);
    return { full, records: new Map(records.map(([id, { record }]) => [id, record])) };
  }

  #recordsOf(id: string): Map<string, Versioned> | undefined {
    return this.#byKey.get(keyIdOf(id));
  }

  #set(id: string, versioned: Versioned): void {
    const records = this.#recordsOf(id) ?? new Map<string, Versioned>();
    this.#byKey.set(keyIdOf(id), records.set(id, versioned));
  }

  /** Forgets the records of stale buckets. */
  #sweep(now: number): void {
    const isDue = now >= this.#nextSweepMs;
    if (isDue) this.#nextSweepMs = now + sweepMs;
    for (const [keyId, records] of this.#byKey) {
      const buckets = records.has(keyId) ? records.size - 1 : records.size;
      if (!isDue && buckets <= mostBuckets) continue;
      const ends = [...records]
        .filter(([id]) => id !== keyId)
        .map(([id, { record, changedAtMs }]) => [id, Math.max(endOf(record), changedAtMs)] as const);
      for (const id of namesToEvict(ends, now, mostBuckets)) records.delete(id);
    }
  }
}

function keyIdOf(id: string): string {
  const slash = id.indexOf('/');
  return slash < 0 ? id : id.slice(0, slash);
}

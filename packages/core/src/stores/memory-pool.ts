import { safely } from '../base/safely.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord } from '../state/key-record.ts';
import type { ChangeListener, Cursor } from './key-state-store.ts';

interface Versioned {
  readonly record: KeyRecord;
  readonly version: number;
}

/** One pool's health records, in memory, and the listeners to its changes. */
export class MemoryPool {
  readonly listeners: Set<ChangeListener> = new Set();
  readonly #incarnation = crypto.randomUUID();
  readonly #records = new Map<string, Versioned>();
  #version = 0;

  get cursor(): Cursor {
    return { incarnation: this.#incarnation, version: this.#version };
  }

  /** Joins facts and notifies the listeners. Returns whether a record has changed. */
  merge(instance: string, facts: ReadonlyMap<string, KeyRecord>): boolean {
    const changed = new Map<string, KeyRecord>();
    for (const [id, fact] of facts) {
      const known = this.#records.get(id)?.record ?? freshRecord;
      const joined = joinRecords(known, fact);
      if (!isSameRecord(joined, known)) changed.set(id, joined);
    }
    if (changed.size === 0) return false;
    this.#version++;
    for (const [id, record] of changed) this.#records.set(id, { record, version: this.#version });
    const change = { cursor: this.cursor, instance, records: changed };
    for (const listener of this.listeners) safely(() => listener.change(change));
    return true;
  }

  /** The records that changed after the cursor; all records when the cursor is of another incarnation. */
  changesSince(seen: Cursor | undefined): { full: boolean; records: Map<string, KeyRecord> } {
    const full = seen?.incarnation !== this.#incarnation || seen.version > this.#version;
    const after = full ? -1 : seen.version;
    const records = [...this.#records].filter(([, { version }]) => version > after);
    return { full, records: new Map(records.map(([id, { record }]) => [id, record])) };
  }
}

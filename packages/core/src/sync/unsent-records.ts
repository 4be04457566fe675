import { isSameRecord, type KeyRecord } from '../state/key-record.ts';
import type { RecordIndex } from './record-index.ts';

/** Record id → record. */
export type Records = ReadonlyMap<string, KeyRecord>;

/** The records of a pool that its store may lack. */
export class UnsentRecords {
  readonly #records: RecordIndex;
  /** Ids of records that have changed here. */
  readonly #changed = new Set<string>();
  /** Ids of records that the store's last full answer lacked, or had in another state. */
  readonly #missing = new Set<string>();

  constructor(records: RecordIndex) {
    this.#records = records;
  }

  get isEmpty(): boolean {
    return this.#changed.size === 0 && this.#missing.size === 0;
  }

  /** Notes that the record has changed here. */
  add(id: string): void {
    this.#changed.add(id);
  }

  /** Forgets a record that no longer exists. */
  delete(id: string): void {
    this.#changed.delete(id);
    this.#missing.delete(id);
  }

  /** The records that have changed here and, unless only those are wanted, the ones that were missing in the store. */
  toSend(onlyChanged: boolean, most: number): Records {
    const ids = onlyChanged ? this.#changed : new Set([...this.#changed, ...this.#missing]);
    return new Map([...ids].slice(0, most).map((id) => [id, this.#records.get(id)]));
  }

  /** Notes what the store has. */
  noteStored(stored: Records): void {
    for (const [id, record] of stored) if (isSameRecord(this.#records.get(id), record)) this.delete(id);
  }

  /** Notes everything that the store has, and so also what it lacks. */
  compare(stored: Records): void {
    this.noteStored(stored);
    for (const id of this.#records.ids()) {
      const known = stored.get(id);
      if (!known || !isSameRecord(this.#records.get(id), known)) this.#missing.add(id);
    }
  }
}

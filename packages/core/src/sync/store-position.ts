import type { Cursor } from '../stores/key-state-store.ts';

/** How far a replica has read the changes of its store. */
export class StorePosition {
  #cursor: Cursor | undefined;
  #readsAll = false;

  /** `undefined` before the first answer. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** From where the next answer is asked; `undefined` for all records. */
  get asked(): Cursor | undefined {
    return this.#readsAll ? undefined : this.#cursor;
  }

  /** Asks for all records once, because there are keys whose records were not read. */
  readAll(): void {
    this.#readsAll = true;
  }

  /** Moves to the position of an answer. Returns whether the store has lost data since then. */
  onAnswer(asked: Cursor | undefined, answered: Cursor): boolean {
    if (!asked) this.#readsAll = false;
    const before = asked ?? this.#cursor;
    const isSameStore = before?.incarnation === answered.incarnation;
    // Without an asked position, the feed may have moved past the answer, so that a lower version proves nothing.
    const hasLostData = before !== undefined && (!isSameStore || answered.version < (asked?.version ?? 0));
    // The feed may already have delivered changes that are newer than the answer.
    const isBehindFeed = isSameStore && !hasLostData && answered.version < (this.#cursor?.version ?? 0);
    if (!isBehindFeed) this.#cursor = answered;
    return hasLostData;
  }

  /** Moves past a change of the feed, if no change before it is missing. Returns what is known of those before it. */
  onChange({ incarnation, version }: Cursor): 'complete' | 'missing' | 'other-incarnation' {
    const known = this.#cursor;
    if (incarnation !== known?.incarnation) return 'other-incarnation';
    if (version > known.version + 1) return 'missing';
    if (version > known.version) this.#cursor = { incarnation, version };
    return 'complete';
  }
}

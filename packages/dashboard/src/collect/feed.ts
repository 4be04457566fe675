import type { FeedEntry } from '../protocol/events-document.ts';
import type { PoolName } from '../protocol/pool-head.ts';
import { feedEntryOf, type EventFields } from './feed-entry.ts';

const capacity = 500;
const mostOfCalls = 300;

/** Events that every failing call can emit. */
const namesOfCalls = new Set(['attempt.failed', 'call.fell-over', 'call.failed', 'keys.exhausted']);

/** For events of the dashboard itself. */
const noPool: PoolName = { provider: '', pool: '', displayName: '' };

/**
 * The last 500 events. At most 300 of them are of failing calls, so that an outage does not push out its cause.
 */
export class Feed {
  readonly capacity: number = capacity;
  readonly #now: () => number;
  /** Both by sequence number, the oldest first. */
  readonly #ofCalls: FeedEntry[] = [];
  readonly #others: FeedEntry[] = [];
  #newest = 0;
  #entries: readonly FeedEntry[] | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The sequence number of the newest event; 0 for none. */
  get newest(): number {
    return this.#newest;
  }

  /** All events, the newest first. */
  get entries(): readonly FeedEntry[] {
    this.#entries ??= [...this.#ofCalls, ...this.#others].toSorted((a, b) => b.sequence - a.sequence);
    return this.#entries;
  }

  /**
   * Adds an event of a key manager, or of the dashboard itself.
   *
   * @example
   * feed.add('alert.tested', { channel: 'slack', outcome: 'delivered', actor: 'ana' });
   */
  add(name: string, fields: EventFields, pool: PoolName = noPool): FeedEntry {
    const entry = { sequence: ++this.#newest, atMs: this.#now(), ...feedEntryOf(name, fields, pool) };
    (namesOfCalls.has(name) ? this.#ofCalls : this.#others).push(entry);
    if (this.#ofCalls.length > mostOfCalls) this.#ofCalls.shift();
    if (this.#ofCalls.length + this.#others.length > capacity) this.#dropOldest();
    this.#entries = undefined;
    return entry;
  }

  #dropOldest(): void {
    const [ofCalls, other] = [this.#ofCalls[0]?.sequence ?? Infinity, this.#others[0]?.sequence ?? Infinity];
    (ofCalls < other ? this.#ofCalls : this.#others).shift();
  }
}

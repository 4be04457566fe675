import type { PoolUsage } from '../state/pool-usage.ts';
import type { Cursor, SyncReply, SyncRequest } from '../stores/key-state-store.ts';
import type { RecordIndex } from './record-index.ts';
import { refreshMs } from './sync-schedule.ts';
import { UnsentRecords, type Records } from './unsent-records.ts';

const dayMs = 86_400_000;
/** Totals of all processes that are older are requested again, in ms: the shortest pause before a refresh, so that each refresh does. */
const totalsMs = 0.75 * refreshMs;
/** How long another process may take to restore an emptied store, in ms. Less than any pause before a flush, which sends the rest. */
const restoreMs = 700;
const smallestBatch = 100;

/** What a replica has to send to its store: records, counters, and the question for totals. All times are in ms since the epoch. */
export class Outbox {
  readonly #pool: string;
  readonly #records: UnsentRecords;
  readonly #usage: PoolUsage;
  #instance = crypto.randomUUID();
  /** The most records and counters of one request. */
  #batch = Infinity;
  #answeredAtMs = Infinity;
  #totalsAtMs = -Infinity;
  /** Until when another process may restore a store that has lost its data. */
  #restoredByMs = -Infinity;

  constructor(pool: string, records: RecordIndex, usage: PoolUsage) {
    this.#pool = pool;
    this.#records = new UnsentRecords(records);
    this.#usage = usage;
  }

  get isEmpty(): boolean {
    return this.#records.isEmpty && !this.#usage.hasUnsent();
  }

  addRecord(id: string): void {
    this.#records.add(id);
  }

  /** Removes a record that no longer exists. */
  forgetRecord(id: string): void {
    this.#records.delete(id);
  }

  /** Removes the records that the store has. */
  noteStored(stored: Records): void {
    this.#records.noteStored(stored);
  }

  /** Makes the next request ask for the totals of all processes. */
  requestTotals(): void {
    this.#totalsAtMs = -Infinity;
  }

  /** Sends everything with the next request, instead of waiting for another process to restore the store. */
  stopWaiting(): void {
    this.#restoredByMs = -Infinity;
  }

  request(seen: Cursor | undefined, now: number): SyncRequest {
    // By now, a store may have dropped the counters of this instance, and would count them twice.
    if (now - this.#answeredAtMs > dayMs) {
      this.#instance = crypto.randomUUID();
      this.#usage.startNewInstance();
    }
    const isWaiting = now < this.#restoredByMs;
    const withTotals = !isWaiting && now - this.#totalsAtMs >= totalsMs;
    // Before the first answer, times are not in the store's clock and must not be sent.
    const facts: Records = seen ? this.#records.toSend(isWaiting, this.#batch) : new Map();
    const counters = isWaiting ? [] : this.#usage.due(withTotals, this.#batch - facts.size);
    return { pool: this.#pool, instance: this.#instance, facts, counters, withTotals, seen };
  }

  /** Halves the next request, because a store that is busy might not answer a large one in time. */
  onFailure(request: SyncRequest): void {
    this.#batch = Math.max(smallestBatch, Math.ceil(sizeOf(request) / 2));
  }

  /** Notes what the answer shows. Returns whether there is more to send at once. */
  onAnswer(request: SyncRequest, reply: SyncReply, hasLostData: boolean, now: number): boolean {
    const isCut = sizeOf(request) >= this.#batch;
    this.#batch *= 2;
    this.#answeredAtMs = now;
    if (request.withTotals) this.#totalsAtMs = now;
    if (hasLostData) this.#usage.forgetStored();
    this.#usage.acknowledge(request.counters, request.withTotals ? reply.totals : undefined);
    this.#records.noteStored(request.facts);
    this.#records.noteStored(reply.records);
    if (reply.full) this.#records.compare(reply.records);
    const isWaiting = hasLostData && !reply.isFirst;
    if (isWaiting) this.#restoredByMs = now + restoreMs;
    return isCut || (!isWaiting && (hasLostData || !this.#records.isEmpty));
  }
}

function sizeOf({ facts, counters }: SyncRequest): number {
  return counters.reduce((sum, { totals }) => sum + totals.size, facts.size);
}

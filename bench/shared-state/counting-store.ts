import {
  isSameRecord,
  type ChangeListener,
  type KeyRecord,
  type KeyStateStore,
  type Lease,
  type SyncReply,
  type SyncRequest,
} from '@api-key-fallback/core/store';

/** What managers have asked of their stores. */
export interface StoreCounts {
  syncs: number;
  failedSyncs: number;
  /** Facts in all requests. */
  facts: number;
  /** Those that the manager had sent, or received, before. */
  factsAgain: number;
  /** Counters in all requests: one for each key and window. */
  counters: number;
  /** Those that an answer had acknowledged before, with the same totals. */
  countersAgain: number;
  /** Keys with totals in all answers. */
  totals: number;
  leases: number;
  granted: number;
  /** Messages received. */
  messages: number;
}

export function noCounts(): StoreCounts {
  return {
    syncs: 0,
    failedSyncs: 0,
    facts: 0,
    factsAgain: 0,
    counters: 0,
    countersAgain: 0,
    totals: 0,
    leases: 0,
    granted: 0,
    messages: 0,
  };
}

export function addCounts(sum: StoreCounts, more: StoreCounts): void {
  for (const name of Object.keys(sum) as (keyof StoreCounts)[]) sum[name] += more[name];
}

type Totals = readonly number[];

function isEqual(a: Totals, b: Totals | undefined): boolean {
  return a.length === b?.length && a.every((value, index) => value === b[index]);
}

/** Passes everything on to a store, and counts it. */
export class CountingStore implements KeyStateStore {
  counts: StoreCounts = noCounts();
  /** Second since the epoch → leases requested in it. */
  readonly leasesBySecond = new Map<number, number>();
  readonly #store: KeyStateStore;
  readonly #records = new Map<string, KeyRecord>();
  readonly #acknowledged = new Map<string, Map<string, Totals>>();

  constructor(store: KeyStateStore) {
    this.#store = store;
  }

  get kind(): string {
    return this.#store.kind;
  }

  async sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply> {
    this.#countRequest(request);
    try {
      const reply = await this.#store.sync(request, signal);
      this.#noteReply(request, reply);
      return reply;
    } catch (error) {
      this.counts.failedSyncs++;
      throw error;
    }
  }

  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    return this.#store.subscribe(pool, {
      change: (change) => {
        this.counts.messages++;
        this.#noteRecords(change.records);
        on.change(change);
      },
      gap: () => on.gap(),
    });
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    this.counts.leases++;
    const second = Math.floor(Date.now() / 1000);
    this.leasesBySecond.set(second, (this.leasesBySecond.get(second) ?? 0) + 1);
    const lease = await this.#store.lease(pool, name, ttlMs);
    if (lease) this.counts.granted++;
    return lease;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #countRequest({ facts, counters }: SyncRequest): void {
    this.counts.syncs++;
    this.counts.facts += facts.size;
    for (const [id, fact] of facts) {
      const known = this.#records.get(id);
      if (known && isSameRecord(known, fact)) this.counts.factsAgain++;
    }
    for (const { window, totals } of counters) {
      const acknowledged = this.#acknowledged.get(window);
      this.counts.counters += totals.size;
      for (const [id, sent] of totals) if (isEqual(sent, acknowledged?.get(id))) this.counts.countersAgain++;
    }
  }

  #noteReply({ facts, counters }: SyncRequest, { records, totals: sums }: SyncReply): void {
    this.#noteRecords(facts);
    this.#noteRecords(records);
    for (const { window, totals } of counters) {
      const acknowledged = this.#acknowledged.get(window) ?? new Map<string, Totals>();
      this.#acknowledged.set(window, acknowledged);
      for (const [id, sent] of totals) acknowledged.set(id, sent);
    }
    for (const ofKeys of sums.values()) this.counts.totals += ofKeys.size;
  }

  #noteRecords(records: ReadonlyMap<string, KeyRecord>): void {
    for (const [id, record] of records) this.#records.set(id, record);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import {
  freshRecord,
  type Change,
  type KeyRecord,
  type KeyStateStore,
  type SyncRequest,
  type WindowCounters,
} from '@api-key-fallback/core/store';
import { expect, vi, type TestContext } from 'vitest';

/** Where the stores of one test keep their data: a directory, a database, a key prefix. It starts empty. */
export interface StoreBackend {
  /** Opens another store on the same data, as a second process would. The suite closes it. */
  open(): Promise<KeyStateStore> | KeyStateStore;
  /** Moves the clock of the backend forward. Without it the suite waits in real time, less than 0.1 s at once. */
  advance?(ms: number): Promise<void> | void;
  /** Removes the data. The suite has closed all stores before. */
  dispose?(): Promise<void> | void;
}

/** Declares one test, which gets a new bench. `fix` tells the author of a failing store what to do. */
export type StoreCheck = (
  does: string,
  fix: string,
  run: (bench: StoreBench, context: Pick<TestContext, 'skip'>) => Promise<void>,
) => void;

/** The changes that a subscriber received. */
export interface Feed {
  readonly changes: readonly Change[];
  stop(): Promise<void>;
}

/** Completes a request. */
export function request(parts: Partial<SyncRequest> = {}): SyncRequest {
  return {
    pool: 'openai',
    instance: 'one',
    facts: new Map(),
    counters: [],
    withTotals: true,
    seen: undefined,
    ...parts,
  };
}

/** Makes a record with a cooldown. The one with more `ms` wins. */
export function cooling(ms: number, parts: Partial<KeyRecord> = {}): KeyRecord {
  return Object.freeze({
    ...freshRecord,
    untilMs: 1_900_000_000_000 + ms,
    level: 1,
    reason: 'rate-limited' as const,
    ...parts,
  });
}

/** Makes the counters of a window, by default one that ends far in the future. */
export function countersOf(
  totals: Iterable<readonly [string, readonly number[]]>,
  window = 'total',
  expiresAtMs = 4_000_000_000_000,
): WindowCounters {
  return { window, expiresAtMs, totals: new Map(totals) };
}

/** Reads all records of a pool. */
export async function recordsOf(store: KeyStateStore, pool = 'openai'): Promise<ReadonlyMap<string, KeyRecord>> {
  return (await store.sync(request({ pool, instance: 'reader' }))).records;
}

/** Reads the totals of a window, summed over all instances. */
export async function totalsOf(
  store: KeyStateStore,
  window = 'total',
  pool = 'openai',
): Promise<ReadonlyMap<string, readonly number[]>> {
  const reply = await store.sync(request({ pool, instance: 'reader', counters: [countersOf([], window)] }));
  return reply.totals.get(window) ?? new Map();
}

/** The backend of one test and the stores opened on it. */
export class StoreBench {
  readonly #backend: StoreBackend;
  readonly #patienceMs: number;
  readonly #stores: KeyStateStore[] = [];

  constructor(backend: StoreBackend, patienceMs: number) {
    this.#backend = backend;
    this.#patienceMs = patienceMs;
  }

  async open(): Promise<KeyStateStore> {
    const store = await this.#backend.open();
    this.#stores.push(store);
    return store;
  }

  /** Whether it can move to a time that is hours away. */
  get canAdvance(): boolean {
    return this.#backend.advance !== undefined;
  }

  async advance(ms: number): Promise<void> {
    await (this.#backend.advance ? this.#backend.advance(ms) : sleep(ms));
  }

  /** Waits for the expected value, because stores may need time to see each other's changes. */
  async expectSoon<T>(read: () => T | Promise<T>, expected: NoInfer<T>): Promise<void> {
    async function expectNow(): Promise<void> {
      expect(await read()).toEqual(expected);
    }
    await vi.waitFor(expectNow, { timeout: this.#patienceMs, interval: 5 });
  }

  async listen(store: KeyStateStore, pool = 'openai'): Promise<Feed> {
    const changes: Change[] = [];
    const stop = await store.subscribe(pool, { change: (change) => void changes.push(change), gap: () => {} });
    return { changes, stop };
  }

  /** Waits until a subscriber has received a change of this record. */
  async expectChange({ changes }: Feed, id: string): Promise<void> {
    await this.expectSoon(() => changes.some(({ records }) => records.has(id)), true);
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#stores.map((store) => store.close()));
    await this.#backend.dispose?.();
  }
}

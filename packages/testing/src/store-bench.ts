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

/** Where the stores of one test keep their data: a directory, a database, a prefix. Empty at first. */
export interface StoreBackend {
  /** Opens one more store on the same data, as another process would. */
  open(): Promise<KeyStateStore> | KeyStateStore;
  /** Moves the clock of the backend forward. Without it the suite waits, for less than 0.1 s at a time. */
  advance?(ms: number): Promise<void> | void;
  /** Removes the data; all stores are closed by then. */
  dispose?(): Promise<void> | void;
}

/** Declares one test of what a store does, on a bench of its own. */
export type StoreCheck = (
  does: string,
  run: (bench: StoreBench, context: Pick<TestContext, 'skip'>) => Promise<void>,
) => void;

/** What a subscriber was told. */
export interface Feed {
  readonly changes: readonly Change[];
  stop(): Promise<void>;
}

/** A complete request from the parts that matter. */
export function request(parts: Partial<SyncRequest> = {}): SyncRequest {
  return { pool: 'openai', instance: 'one', facts: new Map(), counters: [], seen: undefined, ...parts };
}

/** A cooldown by its length; the longer one wins. */
export function cooling(ms: number, parts: Partial<KeyRecord> = {}): KeyRecord {
  return Object.freeze({
    ...freshRecord,
    untilMs: 1_900_000_000_000 + ms,
    level: 1,
    reason: 'rate-limited' as const,
    ...parts,
  });
}

/** Counters of a window that ends far in the future, unless told otherwise. */
export function counted(
  totals: Iterable<readonly [string, readonly number[]]>,
  window = 'total',
  expiresAtMs = 4_000_000_000_000,
): WindowCounters {
  return { window, expiresAtMs, totals: new Map(totals) };
}

/** All records of a pool. */
export async function recordsOf(store: KeyStateStore, pool = 'openai'): Promise<ReadonlyMap<string, KeyRecord>> {
  return (await store.sync(request({ pool, instance: 'reader' }))).records;
}

/** The totals of a window over all instances. */
export async function totalsOf(
  store: KeyStateStore,
  window = 'total',
  pool = 'openai',
): Promise<ReadonlyMap<string, readonly number[]>> {
  const reply = await store.sync(request({ pool, instance: 'reader', counters: [counted([], window)] }));
  return reply.totals.get(window) ?? new Map();
}

/** The backend of one test, with the stores that were opened on it. */
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

  async pass(ms: number): Promise<void> {
    await (this.#backend.advance ? this.#backend.advance(ms) : sleep(ms));
  }

  /** Stores may need a while to see each other. */
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

  /** Waits until a subscriber was told about a record. */
  async expectTold({ changes }: Feed, id: string): Promise<void> {
    await this.expectSoon(() => changes.some(({ records }) => records.has(id)), true);
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#stores.map((store) => store.close()));
    await this.#backend.dispose?.();
  }
}

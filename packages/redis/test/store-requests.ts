import {
  freshRecord,
  type Change,
  type KeyRecord,
  type KeyStateStore,
  type SyncRequest,
  type WindowCounters,
} from '@api-key-fallback/core/store';
import { until } from '../../../test-support/redis-process.ts';

/** A request with defaults for the parts that a test leaves out. */
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

/** The record of a cooldown that ends `ms` after a fixed time. */
export function cooling(ms: number, parts: Partial<KeyRecord> = {}): KeyRecord {
  return { ...freshRecord, untilMs: 1_900_000_000_000 + ms, level: 1, reason: 'rate-limited', ...parts };
}

/** The part of a request with one fact. */
export function fact(id: string, ms = 1): Partial<SyncRequest> {
  return { facts: new Map([[id, cooling(ms)]]) };
}

/** The counters of a window that ends far in the future. */
export function counted(key: string, totals: readonly number[], window = 'total'): WindowCounters {
  return { window, expiresAtMs: 4_000_000_000_000, totals: new Map([[key, totals]]) };
}

/** Runs work that must fail. Returns its error and duration in ms. */
export async function failure(run: () => Promise<unknown>): Promise<{ error: Error & { code?: string }; ms: number }> {
  const start = performance.now();
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) return { error, ms: performance.now() - start };
    throw error;
  }
  throw new Error('It has not failed');
}

/** Subscribes, and records what the listener receives. */
export async function listen(store: KeyStateStore, pool = 'openai') {
  const received = { changes: [] as Change[], gaps: 0 };
  const stop = await store.subscribe(pool, {
    change: (change) => void received.changes.push(change),
    gap: () => void received.gaps++,
  });
  return { received, stop };
}

/** Whether a sync succeeds. */
export function works(store: KeyStateStore, parts: Partial<SyncRequest> = {}): Promise<boolean> {
  return store.sync(request(parts)).then(
    () => true,
    () => false,
  );
}

/** Waits until a store is connected, which can take longer than the timeout of a command on a busy machine. */
export async function connected<Store extends KeyStateStore>(store: Store): Promise<Store> {
  await until(() => works(store, { pool: 'first' }), 'the first connection');
  return store;
}

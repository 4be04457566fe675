import {
  freshRecord,
  type Change,
  type KeyRecord,
  type KeyStateStore,
  type SyncRequest,
  type WindowCounters,
} from '@api-key-fallback/core/store';
import { until } from '../../../test-support/redis-process.ts';

/** A complete request from the parts that matter. */
export function request(parts: Partial<SyncRequest> = {}): SyncRequest {
  return { pool: 'openai', instance: 'one', facts: new Map(), counters: [], seen: undefined, ...parts };
}

/** A cooldown by its length. */
export function cooling(ms: number, parts: Partial<KeyRecord> = {}): KeyRecord {
  return { ...freshRecord, untilMs: 1_900_000_000_000 + ms, level: 1, reason: 'rate-limited', ...parts };
}

/** One fact. */
export function fact(id: string, ms = 1): Partial<SyncRequest> {
  return { facts: new Map([[id, cooling(ms)]]) };
}

/** Counters of a window that ends far in the future. */
export function counted(key: string, totals: readonly number[], window = 'total'): WindowCounters {
  return { window, expiresAtMs: 4_000_000_000_000, totals: new Map([[key, totals]]) };
}

/** How long something takes that must fail, in ms, and why it failed. */
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

/** A subscription, and what it was told. */
export async function listen(store: KeyStateStore, pool = 'openai') {
  const told = { changes: [] as Change[], gaps: 0 };
  const stop = await store.subscribe(pool, {
    change: (change) => void told.changes.push(change),
    gap: () => void told.gaps++,
  });
  return { told, stop };
}

/** Whether a store answers. */
export function works(store: KeyStateStore, parts: Partial<SyncRequest> = {}): Promise<boolean> {
  return store.sync(request(parts)).then(
    () => true,
    () => false,
  );
}

/** A store that has its connection; the first one of a busy machine may take longer than a command is given. */
export async function connected<Store extends KeyStateStore>(store: Store): Promise<Store> {
  await until(() => works(store, { pool: 'first' }), 'the first connection');
  return store;
}

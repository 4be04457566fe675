import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileStore } from '../../src/index.ts';
import { freshRecord, type KeyRecord, type KeyStateStore, type SyncRequest } from '../../src/store.ts';

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

/** The record of a cooldown with this end. */
export function cooling(untilMs: number): KeyRecord {
  return { ...freshRecord, untilMs, level: 1, reason: 'rate-limited' };
}

/** A request with one fact. */
export function fact(id: string, untilMs: number): SyncRequest {
  return request({ facts: new Map([[id, cooling(untilMs)]]) });
}

/** A request with one counter. */
export function count(id: string, total: number, parts: Partial<SyncRequest> = {}): SyncRequest {
  const counters = [{ window: 'total', expiresAtMs: 4_000_000_000_000, totals: new Map([[id, [total]]]) }];
  return request({ ...parts, counters });
}

/** All records and totals that a new reader finds. */
export async function found(
  directory: string | Pick<KeyStateStore, 'sync'>,
): Promise<{ records: Record<string, KeyRecord>; totals: Record<string, readonly number[]> }> {
  const store = typeof directory === 'string' ? new FileStore(directory) : directory;
  const counters = [{ window: 'total', expiresAtMs: 4_000_000_000_000, totals: new Map<string, number[]>() }];
  const { records, totals } = await store.sync(request({ instance: 'reader', counters }));
  return { records: Object.fromEntries(records), totals: Object.fromEntries(totals.get('total') ?? []) };
}

/** Creates an empty directory, and removes it after the test. */
export async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'file-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

import { latestMs, readRecord } from '../stores/state-file.ts';
import type { Change, Cursor, SyncReply } from '../stores/key-state-store.ts';
import type { Records } from './unsent-records.ts';

function isCursor({ incarnation, version }: Cursor): boolean {
  return typeof incarnation === 'string' && Number.isSafeInteger(version) && version >= 0;
}

function readRecords(records: ReadonlyMap<string, unknown>): Records {
  const read = [...records].map(([id, record]) => [id, readRecord(record)] as const);
  return new Map(read.filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined));
}

/**
 * Returns a reply with its valid records only.
 *
 * @throws Error when its time or cursor is invalid: with them, the replica would ignore all later changes.
 */
export function checkReply(reply: SyncReply): SyncReply {
  if (typeof reply.now !== 'number' || !(reply.now >= 0 && reply.now <= latestMs))
    throw new Error('the store answered with an invalid time');
  if (!isCursor(reply.cursor)) throw new Error('the store answered with an invalid cursor');
  return { ...reply, records: readRecords(reply.records) };
}

/** Returns a change with its valid records only; `undefined` when its cursor is invalid. */
export function checkChange(change: Change): Change | undefined {
  return isCursor(change.cursor) ? { ...change, records: readRecords(change.records) } : undefined;
}

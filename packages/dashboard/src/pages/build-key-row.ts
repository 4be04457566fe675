import type { KeyStatus, LimitStatus } from '@api-key-fallback/core';
import { wholeSecond } from '../history/whole-second.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { KeyRow, LimitView } from '../protocol/key-row.ts';
import { defined } from '../protocol/defined.ts';

/** The row of a key; `index` is its place in the list of the pool. */
export function buildKeyRow(pool: WatchedPool, index: number, nowMs: number): KeyRow | undefined {
  const key = pool.status.now.keys[index];
  const ui = pool.keys.states[index];
  if (!key || !ui) return undefined;
  const { keyId, ordinal, label, masked, group, weight, usage, limits = [] } = key;
  const { state, reason, untilMs } = ui;
  const change = pool.keys.changeOf(keyId);
  const isNext = pool.status.firstKeyId === keyId ? (true as const) : undefined;
  const isPreferred = pool.status.now.preferred?.keyId === keyId ? (true as const) : undefined;
  const lastUsedAtMs = usage.lastUsedAtMs === 0 ? undefined : wholeSecond(usage.lastUsedAtMs);
  return {
    keyId,
    ordinal,
    label,
    masked,
    state,
    running: usage.inUse,
    ...pool.keys.attemptsOf(index, nowMs),
    lane: pool.keys.laneOf(index, nowMs),
    ...defined({ group, weight, reason, untilMs, isNext, isPreferred, lastUsedAtMs }),
    ...defined({ actor: change?.actor, sinceMs: change?.sinceMs, limit: tightestOf(limits) }),
  };
}

/** The row of a key on the page of its pool. */
export function buildDetailedRow(pool: WatchedPool, index: number, nowMs: number): KeyRow | undefined {
  const row = buildKeyRow(pool, index, nowMs);
  const key = pool.status.now.keys[index];
  if (!row || !key) return undefined;
  const limits = key.limits?.toSorted((a, b) => shareUsed(b) - shareUsed(a)).map(limitView);
  return { ...row, ...defined({ limits, lastError: lastErrorOf(key) }) };
}

/** How much of the tightest limit of a key is used, from 0 to 1; -1 if that is not known. */
export function shareOfTightest({ limits = [] }: KeyStatus): number {
  return Math.max(-1, ...limits.filter(isCounted).map(shareUsed));
}

function tightestOf(limits: readonly LimitStatus[]): LimitView | undefined {
  let tightest: LimitStatus | undefined;
  for (const limit of limits.filter(isCounted)) {
    if (shareUsed(limit) > (tightest ? shareUsed(tightest) : -1)) tightest = limit;
  }
  return tightest && limitView(tightest);
}

/** The number of running attempts changes all the time, and says little about what is left. */
function isCounted({ name }: LimitStatus): boolean {
  return name !== 'concurrency';
}

function shareUsed({ limit, used, remaining }: LimitStatus): number {
  if (limit === undefined) return remaining === 0 ? 1 : -1;
  return used === undefined ? -1 : used / limit;
}

function limitView({
  name,
  source,
  limit,
  used,
  remaining,
  resetsAtMs,
  window,
  bucket,
  group,
}: LimitStatus): LimitView {
  const reset = resetsAtMs === undefined ? undefined : wholeSecond(resetsAtMs);
  return { name, source, ...defined({ limit, used, remaining, resetsAtMs: reset, window, bucket, group }) };
}

function lastErrorOf({ lastError }: KeyStatus): KeyRow['lastError'] {
  if (!lastError) return undefined;
  const { verdict, reason, message, atMs } = lastError;
  return { verdict, reason, message, atMs };
}

import type { KeyStatus } from '@api-key-fallback/core';
import { wholeSecond } from '../history/whole-second.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { KeyDetails, UsageView } from '../protocol/provider-document.ts';
import { bucketStatesOf } from './build-buckets.ts';
import { buildDetailedRow } from './build-key-row.ts';
import { nextView } from './build-next.ts';
import { defined } from '../protocol/defined.ts';

/** Everything about the key with this id; `undefined` if the pool has no such key. */
export function buildKeyDetails(pool: WatchedPool, keyId: string, nowMs: number): KeyDetails | undefined {
  const index = pool.status.now.keys.findIndex((key) => key.keyId === keyId);
  const key = pool.status.now.keys[index];
  const row = buildDetailedRow(pool, index, nowMs);
  if (!key || !row) return undefined;
  const place = pool.status.next.findIndex((each) => each.keyId === keyId);
  const next = pool.status.next[place];
  const total = pool.status.now.store ? key.sharedUsage : key.usage;
  return {
    ...row,
    buckets: bucketStatesOf(key),
    rate: { lastMinute: key.rate.lastMinute, peak: key.rate.peak },
    total: usageView(total),
    today: usageView(total.today),
    next: {
      ...(next ? nextView(pool, next) : { keyId, label: key.label, state: row.state, reason: 'ready' }),
      place: place + 1,
    },
    ...defined({ lastSuccessAtMs: lastSuccessOf(key), latency: latencyOf(key) }),
  };
}

function lastSuccessOf({ lastSuccessAtMs }: KeyStatus): number | undefined {
  return lastSuccessAtMs === undefined ? undefined : wholeSecond(lastSuccessAtMs);
}

function latencyOf({ latency }: KeyStatus): KeyDetails['latency'] {
  return latency && { p50Ms: latency.p50Ms, p95Ms: latency.p95Ms, count: latency.count };
}

function usageView(usage: UsageView): UsageView {
  const { attempts, successes, failures, quotaUnits, inputTokens, outputTokens, tokens } = usage;
  return { attempts, successes, failures: { ...failures }, quotaUnits, inputTokens, outputTokens, tokens };
}

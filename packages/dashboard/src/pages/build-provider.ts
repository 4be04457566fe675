import type { WatchedPool } from '../collect/watched-pool.ts';
import type { KeyRow } from '../protocol/key-row.ts';
import type { ProviderDocument } from '../protocol/provider-document.ts';
import type { ProviderView } from '../protocol/view.ts';
import { buildBuckets } from './build-buckets.ts';
import { buildKeyDetails } from './build-key-details.ts';
import { buildDetailedRow } from './build-key-row.ts';
import { buildNext } from './build-next.ts';
import { buildPoolHead, isSmall } from './build-pool-head.ts';
import { buildQuota } from './build-quota.ts';
import { buildSeries } from './build-series.ts';
import { chooseKeys } from './choose-keys.ts';
import { defined } from '../protocol/defined.ts';
import { pageOf, type Page } from './page-of.ts';
import { tableOf } from './table-of.ts';

const mostReasons = 20;

/** The page of one pool. */
export function buildProvider(view: ProviderView, pool: WatchedPool, nowMs: number): ProviderDocument {
  const { preferred, source } = pool.status.now;
  const found = chooseKeys(pool, view, nowMs);
  const small = isSmall(pool);
  const page: Page<number> = small ? { number: 1, items: found } : pageOf(found, view.keyPage);
  const rows = page.items.flatMap((index): KeyRow[] => {
    const row = buildDetailedRow(pool, index, nowMs);
    return row ? [row] : [];
  });
  return {
    kind: 'provider',
    ...buildPoolHead(pool, nowMs),
    next: buildNext(pool),
    range: view.range,
    series: buildSeries(pool, view.range, nowMs),
    quota: buildQuota(pool),
    reasons: pool.reasons.rows(nowMs).slice(0, mostReasons),
    rows: tableOf(rows, ({ keyId }) => keyId),
    matches: found.length,
    keyPage: page.number,
    ...(small ? {} : { swarm: pool.swarm }),
    ...defined({
      preferred: preferred && preferredView(preferred),
      source: source && sourceView(source),
      buckets: buildBuckets(pool),
      details: view.key === '' ? undefined : buildKeyDetails(pool, view.key, nowMs),
    }),
  };
}

function preferredView({
  keyId,
  label,
  untilMs,
}: NonNullable<ProviderDocument['preferred']>): ProviderDocument['preferred'] {
  return { keyId, label, ...defined({ untilMs }) };
}

function sourceView({
  name,
  lastSuccessAtMs,
  lastAttemptAtMs,
}: NonNullable<ProviderDocument['source']>): ProviderDocument['source'] {
  return { name, ...defined({ lastSuccessAtMs, lastAttemptAtMs }) };
}

import type { Collector } from '../collect/collector.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { PageFrame } from '../protocol/page-document.ts';
import { buildHeadline } from './build-headline.ts';
import { defined } from '../protocol/defined.ts';
import type { WatchedAlerts } from './watched-alerts.ts';

/** What all pages show. */
export function buildFrame(
  pools: readonly WatchedPool[],
  { historySinceMs }: Collector,
  alerts: WatchedAlerts | undefined,
): PageFrame {
  return {
    headline: buildHeadline(pools),
    historySinceMs,
    firing: alerts?.firing().length ?? 0,
    ...defined({ store: storeOf(pools) }),
  };
}

function storeOf(pools: readonly WatchedPool[]): PageFrame['store'] {
  const stores = pools.flatMap(({ status }) => status.now.store ?? []);
  const [first] = stores;
  if (!first) return undefined;
  const awaySince = pools.flatMap(({ awaySinceMs }) => awaySinceMs ?? []);
  return {
    kind: first.kind,
    processes: Math.max(...stores.map(({ processes }) => processes)),
    ...(awaySince.length === 0 ? {} : { awaySinceMs: Math.min(...awaySince) }),
    ...(stores.length < pools.length ? { isPartial: true } : {}),
  };
}

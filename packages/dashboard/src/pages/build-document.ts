import type { Collector } from '../collect/collector.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { PageDocument } from '../protocol/page-document.ts';
import type { View } from '../protocol/view.ts';
import { buildAlerts } from './build-alerts.ts';
import { buildEvents } from './build-events.ts';
import { buildFrame } from './build-frame.ts';
import { buildOverview } from './build-overview.ts';
import { buildProvider } from './build-provider.ts';
import { shownPools } from './shown-pools.ts';
import type { WatchedAlerts } from './watched-alerts.ts';

/** Where documents come from. */
export interface DocumentSources {
  readonly collector: Collector;
  readonly alerts?: WatchedAlerts;
}

/** Builds what the page of a view shows now. */
export function buildDocument(view: View, { collector, alerts }: DocumentSources): PageDocument {
  collector.refresh(shownPools(view, collector.pools));
  const { pools } = collector;
  return {
    frame: buildFrame(pools, collector, alerts),
    page: buildPage(view, pools, collector, alerts),
  };
}

function buildPage(
  view: View,
  pools: readonly WatchedPool[],
  collector: Collector,
  alerts: WatchedAlerts | undefined,
): PageDocument['page'] {
  const nowMs = collector.now();
  switch (view.page) {
    case 'overview':
      return buildOverview(view, pools, collector.feed, nowMs);
    case 'events':
      return buildEvents(view, pools, collector.feed);
    case 'alerts':
      return buildAlerts(alerts);
    case 'provider': {
      const { provider, pool } = view;
      const [found] = shownPools(view, pools);
      return found ? buildProvider(view, found, nowMs) : { kind: 'unknown-pool', provider, pool };
    }
  }
}

import type { Feed } from '../collect/feed.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import { keyStates, type KeyRow } from '../protocol/key-row.ts';
import type { OverviewDocument, PoolSection } from '../protocol/overview-document.ts';
import type { View } from '../protocol/view.ts';
import { buildKeyRow } from './build-key-row.ts';
import { buildPoolHead, isSmall } from './build-pool-head.ts';
import { buildRail } from './build-rail.ts';
import { pageOf } from './page-of.ts';
import { findPools } from './shown-pools.ts';
import { tableOf } from './table-of.ts';

const [worstOfBig, latestEvents] = [4, 6];

/** The page of all pools. */
export function buildOverview(
  { poolPage, search }: Extract<View, { readonly page: 'overview' }>,
  pools: readonly WatchedPool[],
  feed: Feed,
  nowMs: number,
): OverviewDocument {
  const found = findPools(search, pools);
  const page = pageOf(found, poolPage);
  const sections = page.items.map((pool): [string, PoolSection] => [pool.id, buildSection(pool, nowMs)]);
  return {
    kind: 'overview',
    totals: buildTotals(pools),
    pools: { order: sections.map(([id]) => id), rows: Object.fromEntries(sections) },
    poolCount: found.length,
    poolPage: page.number,
    ...buildRail(pools),
    latest: tableOf(feed.entries.slice(0, latestEvents), ({ sequence }) => String(sequence)),
  };
}

function buildSection(pool: WatchedPool, nowMs: number): PoolSection {
  const small = isSmall(pool);
  const indexes = small ? [...pool.keys.states.keys()] : worstOf(pool);
  const rows = indexes.flatMap((index): KeyRow[] => {
    const row = buildKeyRow(pool, index, nowMs);
    return row ? [row] : [];
  });
  return {
    ...buildPoolHead(pool, nowMs),
    rows: tableOf(rows, ({ keyId }) => keyId),
    ...(small ? {} : { swarm: pool.swarm }),
  };
}

/** By state, then place in the list: an order that time alone does not change. */
function worstOf({ keys: { states } }: WatchedPool): number[] {
  const worst: number[] = [];
  for (const state of keyStates) {
    if (state === 'healthy') break;
    for (let index = 0; index < states.length && worst.length < worstOfBig; index++) {
      if (states[index]?.state === state) worst.push(index);
    }
  }
  return worst;
}

function buildTotals(pools: readonly WatchedPool[]): OverviewDocument['totals'] {
  let [perMinute, attempts, failed, failovers, usable, total] = [0, 0, 0, 0, 0, 0];
  for (const { totals, status } of pools) {
    perMinute += totals.perMinute;
    attempts += totals.attempts;
    failed += totals.failed;
    failovers += totals.failovers;
    usable += status.health.usable;
    total += status.health.total;
  }
  const success = attempts === 0 ? {} : { success: Number((1 - failed / attempts).toFixed(4)) };
  return { perMinute, failovers, usable, total, ...success };
}

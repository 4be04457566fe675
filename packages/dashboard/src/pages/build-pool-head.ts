import type { WatchedPool } from '../collect/watched-pool.ts';
import type { PoolHead } from '../protocol/pool-head.ts';
import { defined } from '../protocol/defined.ts';

/** Pools of more keys than this are shown as a swarm, and their keys in pages. */
const mostListed = 12;

export function isSmall(pool: WatchedPool): boolean {
  return pool.status.now.keys.length <= mostListed;
}

/** What all pages show of a pool. */
export function buildPoolHead(pool: WatchedPool, nowMs: number): PoolHead {
  const { status: health, usable, total } = pool.status.health;
  return {
    ...pool.name,
    health,
    usable,
    total,
    keys: pool.status.now.keys.length,
    counts: pool.keys.counts,
    perMinute: pool.totals.perMinute,
    ...defined({ p95Ms: pool.series?.lastP95Ms(nowMs) }),
  };
}

import type { WatchedPool } from '../collect/watched-pool.ts';
import type { FirstBack, Headline } from '../protocol/page-document.ts';
import { defined } from '../protocol/defined.ts';

/** The worst problem of all pools. */
export function buildHeadline(pools: readonly WatchedPool[]): Headline {
  if (pools.length === 0) return { kind: 'empty' };
  const down = pools.find(({ status }) => status.health.status === 'down');
  if (down) return { kind: 'down', pool: down.name, ...defined({ firstBack: firstBackOf(down) }) };
  const [half] = fromScarcest(pools.filter(isHalfOut));
  if (half) return halfOut(half);
  const refused = sum(pools, ({ keys }) => keys.counts.refused);
  if (refused > 0) return { kind: 'refused', count: refused };
  const out = sum(pools, ({ status: { health } }) => health.total - health.usable);
  if (out > 0) return { kind: 'out', count: out };
  return { kind: 'fine', count: sum(pools, ({ status }) => status.health.total) };
}

/** The pools, the one with the smallest usable part first. */
export function fromScarcest(pools: readonly WatchedPool[]): readonly WatchedPool[] {
  const shares = new Map(pools.map((pool) => [pool, shareUsable(pool)]));
  return pools.toSorted((a, b) => (shares.get(a) ?? 0) - (shares.get(b) ?? 0));
}

/** How much of a pool can be used, from 0 to 1. Keys that an operator has switched off do not count. */
function shareUsable({ status: { health } }: WatchedPool): number {
  return health.usable / Math.max(1, health.total);
}

function isHalfOut({ status: { health } }: WatchedPool): boolean {
  return health.total > 0 && health.usable <= health.total / 2;
}

function halfOut(pool: WatchedPool): Headline {
  const { usable, total } = pool.status.health;
  const index = pool.keys.states.findIndex(({ state }) => state === 'refused');
  const refused = pool.status.now.keys[index]?.label;
  return { kind: 'half', pool: pool.name, usable, total, ...defined({ refused, firstBack: firstBackOf(pool) }) };
}

/** The first key that is back by itself. A refused one is tried again, but rarely works. */
function firstBackOf({ status }: WatchedPool): FirstBack | undefined {
  const first = status.next.find(({ reason, availableAtMs }) => reason !== 'disabled' && availableAtMs !== undefined);
  return first?.availableAtMs === undefined ? undefined : { label: first.label, backAtMs: first.availableAtMs };
}

function sum(pools: readonly WatchedPool[], countOf: (pool: WatchedPool) => number): number {
  return pools.reduce((total, pool) => total + countOf(pool), 0);
}

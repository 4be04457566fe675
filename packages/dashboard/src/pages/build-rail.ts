import type { WatchedPool } from '../collect/watched-pool.ts';
import { keyStates, type KeyUiState } from '../protocol/key-row.ts';
import type { OverviewDocument, RailKey, RailPool } from '../protocol/overview-document.ts';
import { fromScarcest } from './build-headline.ts';
import { isSmall } from './build-pool-head.ts';
import { defined } from '../protocol/defined.ts';

const [mostNeedy, mostBack, mostPools, mostOff] = [4, 5, 20, 2];
const comingBack: ReadonlySet<KeyUiState> = new Set(['cooling', 'suspect', 'recovering', 'full']);

type Matches = (state: KeyUiState) => boolean;

const isRefused: Matches = (state) => state === 'refused';
const isBack: Matches = (state) => comingBack.has(state);
const isOff: Matches = (state) => state === 'off';

/** What is at the side of the overview: the keys that need attention, those that come back by themselves, and those that are off. */
export function buildRail(pools: readonly WatchedPool[]): Pick<OverviewDocument, 'needsYou' | 'comesBack' | 'off'> {
  return { needsYou: needsYou(pools), comesBack: comesBack(pools), off: switchedOff(pools) };
}

/** Refused keys: those of the scarcest pool first, then the most recently refused. */
function needsYou(pools: readonly WatchedPool[]): OverviewDocument['needsYou'] {
  const concerned = fromScarcest(pools.filter((pool) => countOf(pool, isRefused) > 0));
  const keys = firstOf(concerned, mostNeedy, (pool) =>
    indexesOf(pool, isRefused)
      .map((index) => railKey(pool, index))
      .toSorted((a, b) => (b.sinceMs ?? 0) - (a.sinceMs ?? 0)),
  );
  return { count: countOfAll(concerned, isRefused), keys };
}

/** Keys of the scarcest pool first, then the one that is back first. */
function comesBack(pools: readonly WatchedPool[]): OverviewDocument['comesBack'] {
  const concerned = fromScarcest(pools.filter((pool) => countOf(pool, isBack) > 0));
  const keys = firstOf(concerned.filter(isSmall), mostBack, (pool) =>
    indexesOf(pool, isBack)
      .map((index) => railKey(pool, index))
      .toSorted((a, b) => (a.untilMs ?? 0) - (b.untilMs ?? 0)),
  );
  const big = concerned.filter((pool) => !isSmall(pool));
  return { count: countOfAll(concerned, isBack), keys, pools: big.slice(0, mostPools).map(railPool) };
}

function switchedOff(pools: readonly WatchedPool[]): OverviewDocument['off'] {
  const concerned = pools.filter((pool) => countOf(pool, isOff) > 0);
  const labels = firstOf(concerned, mostOff, (pool) =>
    indexesOf(pool, isOff).map((index) => pool.status.now.keys[index]?.label ?? ''),
  );
  return { count: countOfAll(concerned, isOff), labels };
}

/** The first items of the pools. Does not look at more pools than needed, because there can be thousands. */
function firstOf<Item>(
  pools: readonly WatchedPool[],
  most: number,
  itemsOf: (pool: WatchedPool) => readonly Item[],
): readonly Item[] {
  const items: Item[] = [];
  for (const pool of pools) {
    if (items.length >= most) break;
    items.push(...itemsOf(pool).slice(0, most - items.length));
  }
  return items;
}

function railKey(pool: WatchedPool, index: number): RailKey {
  const { keyId = '', label = '' } = pool.status.now.keys[index] ?? {};
  const { state = 'healthy', reason, untilMs } = pool.keys.states[index] ?? {};
  return {
    ...pool.name,
    keyId,
    label,
    state,
    ...defined({ reason, untilMs, sinceMs: pool.keys.changeOf(keyId)?.sinceMs }),
  };
}

function railPool(pool: WatchedPool): RailPool {
  const counts: Partial<Record<KeyUiState, number>> = {};
  for (const state of comingBack) if (pool.keys.counts[state] > 0) counts[state] = pool.keys.counts[state];
  let firstBackAtMs = Infinity;
  for (const { state, untilMs } of pool.keys.states) {
    if (comingBack.has(state)) firstBackAtMs = Math.min(firstBackAtMs, untilMs ?? Infinity);
  }
  return {
    ...pool.name,
    count: countOf(pool, isBack),
    counts,
    ...(firstBackAtMs === Infinity ? {} : { firstBackAtMs }),
  };
}

function indexesOf({ keys }: WatchedPool, matches: Matches): number[] {
  return [...keys.states.keys()].filter((index) => matches(keys.states[index]?.state ?? 'healthy'));
}

function countOf({ keys }: WatchedPool, matches: Matches): number {
  let count = 0;
  for (const state of keyStates) if (matches(state)) count += keys.counts[state];
  return count;
}

function countOfAll(pools: readonly WatchedPool[], matches: Matches): number {
  return pools.reduce((sum, pool) => sum + countOf(pool, matches), 0);
}

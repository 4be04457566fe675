import type { WatchedPool } from '../collect/watched-pool.ts';
import { keyStates, type KeyUiState } from '../protocol/key-row.ts';
import type { OverviewDocument, RailKey, RailPool } from '../protocol/overview-document.ts';
import type { StateCounts } from '../protocol/pool-head.ts';
import { shareUsable } from './build-headline.ts';
import { isSmall } from './build-pool-head.ts';
import { defined } from '../protocol/defined.ts';

const [mostNeedy, mostBack, mostPools, mostOff] = [4, 5, 20, 2];
const comingBack: ReadonlySet<KeyUiState> = new Set(['cooling', 'suspect', 'recovering', 'full']);

/** What is at the side of the overview: the keys that need attention, those that come back by themselves, and those that are off. */
export function buildRail(pools: readonly WatchedPool[]): Pick<OverviewDocument, 'needsYou' | 'comesBack' | 'off'> {
  const fromScarcest = pools.toSorted((a, b) => shareUsable(a) - shareUsable(b));
  return { needsYou: needsYou(fromScarcest), comesBack: comesBack(fromScarcest), off: switchedOff(pools) };
}

/** Refused keys: those of the scarcest pool first, then the most recently refused. */
function needsYou(pools: readonly WatchedPool[]): OverviewDocument['needsYou'] {
  const keys = pools
    .filter(({ keys: { counts } }) => counts.refused > 0)
    .map((pool) =>
      indexesOf(pool, (state) => state === 'refused')
        .map((index) => railKey(pool, index))
        .toSorted((a, b) => (b.sinceMs ?? 0) - (a.sinceMs ?? 0)),
    );
  return { count: countOf(pools, (state) => state === 'refused'), keys: keys.flat().slice(0, mostNeedy) };
}

/** Keys of the scarcest pool first, then the one that is back first. */
function comesBack(pools: readonly WatchedPool[]): OverviewDocument['comesBack'] {
  const isBack = (state: KeyUiState) => comingBack.has(state);
  const concerned = pools.filter(({ keys: { counts } }) =>
    keyStates.some((state) => isBack(state) && counts[state] > 0),
  );
  const keys = concerned.filter(isSmall).map((pool) =>
    indexesOf(pool, isBack)
      .map((index) => railKey(pool, index))
      .toSorted((a, b) => (a.untilMs ?? 0) - (b.untilMs ?? 0)),
  );
  const big = concerned.filter((pool) => !isSmall(pool));
  return {
    count: countOf(pools, isBack),
    keys: keys.flat().slice(0, mostBack),
    pools: big.slice(0, mostPools).map(railPool),
  };
}

function switchedOff(pools: readonly WatchedPool[]): OverviewDocument['off'] {
  const labels = pools
    .filter(({ keys: { counts } }) => counts.off > 0)
    .flatMap((pool) => indexesOf(pool, (state) => state === 'off').map((index) => labelOf(pool, index)));
  return { count: labels.length, labels: labels.slice(0, mostOff) };
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
    count: sumOf(counts),
    counts,
    ...(firstBackAtMs === Infinity ? {} : { firstBackAtMs }),
  };
}

function indexesOf({ keys }: WatchedPool, matches: (state: KeyUiState) => boolean): number[] {
  return [...keys.states.keys()].filter((index) => matches(keys.states[index]?.state ?? 'healthy'));
}

function countOf(pools: readonly WatchedPool[], matches: (state: KeyUiState) => boolean): number {
  const states = keyStates.filter(matches);
  return pools.reduce((sum, { keys }) => sum + states.reduce((count, state) => count + keys.counts[state], 0), 0);
}

function sumOf(counts: Partial<StateCounts>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function labelOf({ status }: WatchedPool, index: number): string {
  return status.now.keys[index]?.label ?? '';
}

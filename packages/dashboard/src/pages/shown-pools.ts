import type { WatchedPool } from '../collect/watched-pool.ts';
import type { View } from '../protocol/view.ts';
import { pageOf } from './page-of.ts';

/** The pools whose keys are on the page of a view. */
export function shownPools(view: View, pools: readonly WatchedPool[]): readonly WatchedPool[] {
  switch (view.page) {
    case 'overview':
      return pageOf(findPools(view.search, pools), view.poolPage).items;
    case 'provider':
      return pools.filter(({ name }) => name.provider === view.provider && name.pool === view.pool);
    default:
      return [];
  }
}

/** The pools in whose names a text is found. */
export function findPools(search: string, pools: readonly WatchedPool[]): readonly WatchedPool[] {
  const text = search.trim().toLowerCase();
  if (text === '') return pools;
  return pools.filter(({ id, name }) => [id, name.displayName].some((each) => each.toLowerCase().includes(text)));
}

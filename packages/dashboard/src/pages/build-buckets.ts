import type { KeyStatus } from '@api-key-fallback/core';
import { bucketStateOf, unspecifiedBucket, type UiState } from '../history/ui-state.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { BucketState, ProviderDocument } from '../protocol/provider-document.ts';
import { isSmall } from './build-pool-head.ts';
import { defined } from '../protocol/defined.ts';

/** Groups and buckets of a small pool; `undefined` if its keys have neither. */
export function buildBuckets(pool: WatchedPool): ProviderDocument['buckets'] {
  const { keys } = pool.status.now;
  const names = sortedNames(keys.flatMap(bucketNamesOf));
  const hasGroups = keys.some(({ group }) => group !== undefined);
  if (!isSmall(pool) || (names.length === 0 && !hasGroups)) return undefined;
  return {
    names,
    keys: keys.map((key, index) => ({
      keyId: key.keyId,
      label: key.label,
      ...defined({ group: key.group }),
      whole: bucketState('', pool.keys.states[index] ?? { state: 'healthy' }),
      byName: Object.fromEntries(bucketStatesOf(key).map((state) => [state.bucket, state])),
    })),
  };
}

/** The buckets of a key. */
export function bucketStatesOf(key: KeyStatus): readonly BucketState[] {
  return sortedNames(bucketNamesOf(key)).flatMap((name) => {
    const state = bucketStateOf(key, name);
    return state ? [bucketState(name, state)] : [];
  });
}

function bucketNamesOf({ buckets = [], limits = [] }: KeyStatus): string[] {
  const names = [...buckets, ...limits].flatMap(({ bucket }) => bucket ?? []);
  return names.filter((name) => name !== unspecifiedBucket);
}

function sortedNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted((a, b) => a.localeCompare(b));
}

function bucketState(bucket: string, { state, reason, untilMs }: UiState): BucketState {
  return { bucket, state, ...defined({ reason, untilMs }) };
}

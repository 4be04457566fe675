import type { NextKey } from '@api-key-fallback/core';
import { canBeUsed } from '../collect/pool-status.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { NextView, ProviderDocument } from '../protocol/provider-document.ts';
import { defined } from '../protocol/defined.ts';

const [mostFirst, mostPassedOver] = [3, 12];

/** The keys that the next call tries, and those that it passes over. */
export function buildNext(pool: WatchedPool): ProviderDocument['next'] {
  const { status } = pool;
  const viewOf = (next: NextKey) => nextView(pool, next);
  const usable = status.next.filter(canBeUsed);
  const others = status.next.slice(usable.length);
  return {
    first: usable.slice(0, mostFirst).map(viewOf),
    more: Math.max(0, usable.length - mostFirst),
    passedOver: others.slice(0, mostPassedOver).map(viewOf),
    morePassedOver: Math.max(0, others.length - mostPassedOver),
  };
}

export function nextView(
  { keys }: WatchedPool,
  { keyId, label, ordinal, reason, limit, availableAtMs }: NextKey,
): NextView {
  const { state } = keys.states[ordinal - 1] ?? { state: 'healthy' };
  return { keyId, label, state, reason, ...defined({ limit, availableAtMs }) };
}

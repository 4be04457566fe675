import type { NextKey } from '@api-key-fallback/core';
import { canBeUsed } from '../collect/pool-status.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { NextView, ProviderDocument } from '../protocol/provider-document.ts';
import { defined } from '../protocol/defined.ts';

const [mostFirst, mostPassedOver] = [3, 12];

/** The keys that the next call tries, and those that it passes over. */
export function buildNext({ status }: WatchedPool): ProviderDocument['next'] {
  const usable = status.next.filter(canBeUsed);
  const others = status.next.slice(usable.length);
  return {
    first: usable.slice(0, mostFirst).map(nextView),
    more: Math.max(0, usable.length - mostFirst),
    passedOver: others.slice(0, mostPassedOver).map(nextView),
    morePassedOver: Math.max(0, others.length - mostPassedOver),
  };
}

export function nextView({ keyId, label, reason, limit, availableAtMs }: NextKey): NextView {
  return { keyId, label, reason, ...defined({ limit, availableAtMs }) };
}

import type { LimitStatus } from '@api-key-fallback/core';
import type { Metric } from './metric.ts';

const shared = { kind: 'gauge', unit: '', hasKey: true, attributes: ['limit'], merge: 'sum' } as const;

const remaining: Metric = {
  ...shared,
  name: 'api_key_fallback.key.limit.remaining',
  description: 'What a limit leaves of a key. Of several limits with the same name, the one that leaves least.',
};
const used: Metric = {
  ...shared,
  name: 'api_key_fallback.key.limit.used',
  description: 'How much of a limit of a key is used.',
};
const max: Metric = {
  ...shared,
  name: 'api_key_fallback.key.limit.max',
  description: 'The full amount of a limit of a key.',
};

/** The metrics of the limits of keys. */
export const limitMetrics: readonly Metric[] = [remaining, used, max];

/** Calls `add` with the values of the limits of a key. */
export function readLimits(
  limits: readonly LimitStatus[],
  add: (metric: Metric, limit: string, value: number) => void,
): void {
  for (const [index, limit] of limits.entries()) {
    if (!isTightest(limit, index, limits)) continue;
    add(remaining, limit.name, leftOf(limit));
    if (limit.used !== undefined) add(used, limit.name, limit.used);
    if (limit.limit !== undefined) add(max, limit.name, limit.limit);
  }
}

/** Of the limits with the same name, which come from several sources or apply to buckets, the first that leaves least counts. */
function isTightest(limit: LimitStatus, index: number, limits: readonly LimitStatus[]): boolean {
  return limits.every((other, at) => {
    if (other.name !== limit.name) return true;
    const difference = leftOf(other) - leftOf(limit);
    return difference > 0 || (difference === 0 && at >= index);
  });
}

function leftOf({ limit = 0, used: amount = 0, remaining: left = Math.max(0, limit - amount) }: LimitStatus): number {
  return left;
}

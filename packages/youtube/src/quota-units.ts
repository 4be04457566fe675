import type { KeyLimits } from '@api-key-fallback/core';

/**
 * The quota of a new project, which can be raised on request: 100 calls of `search.list`, 100 of `videos.insert`, and 10,000 units for
 * everything else. The units are set on the whole key, because calls without an operation have no bucket; searches and uploads add at
 * most 200.
 *
 * Source: https://developers.google.com/youtube/v3/determine_quota_cost.
 */
export const youtubeLimits: KeyLimits = {
  unitsPerDay: 10_000,
  buckets: { 'search.list': { requestsPerDay: 100 }, 'videos.insert': { requestsPerDay: 100 } },
};

const costs: ReadonlyMap<string, number> = new Map([
  ['captions.list', 50],
  ['captions.insert', 400],
  ['captions.update', 450],
  // Counted in its own bucket of a hundred a day.
  ['videos.insert', 1],
]);

const write = /\.(?:insert|update|delete|rate|reportAbuse|set|unset|setModerationStatus)$/;

/**
 * Returns the cost of one call in quota units; 1 when the operation is unknown.
 *
 * Source: https://developers.google.com/youtube/v3/determine_quota_cost. Failed calls cost the same.
 */
export function quotaUnits(operation = ''): number {
  return costs.get(operation) ?? (write.test(operation) ? 50 : 1);
}

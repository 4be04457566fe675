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

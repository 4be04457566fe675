const costs: ReadonlyMap<string, number> = new Map([
  ['captions.list', 50],
  ['captions.insert', 400],
  ['captions.update', 450],
  // One of a hundred a day, in a bucket of their own.
  ['videos.insert', 1],
]);

const write = /\.(?:insert|update|delete|rate|reportAbuse|set|unset|setModerationStatus)$/;

/**
 * What one call of an operation costs, in quota units; 1 for what is not named `resource.method`.
 *
 * From https://developers.google.com/youtube/v3/determine_quota_cost: calls that fail cost the same.
 */
export function quotaUnits(operation = ''): number {
  return costs.get(operation) ?? (write.test(operation) ? 50 : 1);
}

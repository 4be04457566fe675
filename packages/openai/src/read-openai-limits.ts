import { parseDuration, readHeader, type HeadersLike, type RateLimit } from '@api-key-fallback/core/adapter';

/**
 * Reads the `x-ratelimit-*` headers for requests and tokens: https://developers.openai.com/docs/guides/rate-limits
 *
 * The reset is the time at which the limit is full again; some of it is available earlier. Azure sends a `remaining` of -1
 * for unknown.
 */
export function readOpenAILimits(headers: HeadersLike, { now }: { readonly now: number }): RateLimit[] {
  return ['requests', 'tokens'].flatMap((name) => {
    const remaining = readHeader(headers, `x-ratelimit-remaining-${name}`)?.trim() ?? '';
    if (!/^\d+$/.test(remaining)) return [];
    const limit = Number(readHeader(headers, `x-ratelimit-limit-${name}`) ?? Number.NaN);
    const resetMs = parseDuration(readHeader(headers, `x-ratelimit-reset-${name}`) ?? '');
    return {
      name,
      remaining: Number(remaining),
      ...(Number.isFinite(limit) ? { limit } : {}),
      ...(resetMs === undefined ? {} : { resetsAtMs: now + resetMs }),
    };
  });
}

import { parseDuration, readHeader, type HeadersLike, type RateLimit } from '@api-key-fallback/core/adapter';

/**
 * Reads the `x-ratelimit-*` headers of requests and tokens: https://developers.openai.com/docs/guides/rate-limits
 *
 * A reset says when the bucket is full again, which is later than when something is left. Azure's `remaining` may be -1,
 * which means unknown.
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

import { readRateLimits, type HeadersLike, type RateLimit } from '@api-key-fallback/core/adapter';

/** The reset is the time at which a limit is full again: https://developers.openai.com/docs/guides/rate-limits */
export const openaiLimits = { refills: true } as const;

/** Reads the limits of requests and tokens, of the key and of its project (`project-tokens`). */
export function readOpenAILimits(headers: HeadersLike, { now }: { readonly now: number }): RateLimit[] {
  return readRateLimits(headers, { ...openaiLimits, now });
}

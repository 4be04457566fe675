import {
  defineAdapter,
  readHeader,
  type ClassifyContext,
  type HeadersLike,
  type RateLimit,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import { classifyRapidApiError } from './classify-rapidapi-error.ts';
import { readRateLimits } from './read-rate-limits.ts';

/** The request header that names the API's host. RapidAPI counts a key's quotas per host. */
export const hostHeader = 'x-rapidapi-host';

function readLimits(headers: HeadersLike, { now, operation }: ClassifyContext): readonly RateLimit[] {
  const host = readHeader(headers, hostHeader) ?? operation;
  return readRateLimits(headers, now).flatMap(({ counted: name = 'rate', limit, remaining, resetsInMs }) => {
    // On a successful response a negative number does not mean that the limit is exhausted.
    if (remaining === undefined || remaining < 0) return [];
    return {
      name,
      remaining,
      ...(limit === undefined ? {} : { limit }),
      ...(resetsInMs === undefined ? {} : { resetsAtMs: now + resetsInMs }),
      ...(host === undefined ? {} : { bucket: host }),
    };
  });
}

function authorize(request: Request, secret: string): Request {
  request.headers.set('x-rapidapi-key', secret);
  return request;
}

/**
 * The adapter for RapidAPI: classifies the gateway's errors and reads its limits per host. It creates no clients.
 *
 * `RapidApiKeyManager` uses it already; import it to write an adapter that differs in a few members.
 *
 * @example
 * const hubAdapter = defineAdapter({ ...rapidApiAdapter, displayName: 'RapidAPI Hub', env: 'RAPIDAPI_HUB_KEY' });
 * registry.register(new ApiKeyManager(hubAdapter, loadApiKeys(hubAdapter.env)));
 */
export const rapidApiAdapter: ProviderAdapter = defineAdapter({
  name: 'rapidapi',
  displayName: 'RapidAPI',
  env: 'RAPIDAPI_KEY',
  classifyError: classifyRapidApiError,
  authorize,
  readLimits,
});

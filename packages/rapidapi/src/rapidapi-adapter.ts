import {
  defineAdapter,
  readHeader,
  readRateLimits,
  type ClassifyContext,
  type HeadersLike,
  type RateLimit,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import { classifyRapidApiError } from './classify-rapidapi-error.ts';
import { hostHeader } from './host-header.ts';

function readLimits(headers: HeadersLike, { now, operation }: ClassifyContext): readonly RateLimit[] {
  const host = readHeader(headers, hostHeader) ?? operation;
  const bucket = host === undefined ? {} : { bucket: host };
  return readRateLimits(headers, { now }).map((limit) => ({ ...limit, ...bucket }));
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

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

/** The request header with the host of the API; the quotas of a key are counted for each host. */
export const hostHeader = 'x-rapidapi-host';

function readLimits(headers: HeadersLike, { now, operation }: ClassifyContext): readonly RateLimit[] {
  const host = readHeader(headers, hostHeader) ?? operation;
  return readRateLimits(headers, now).flatMap(({ counted: name = 'rate', limit, remaining, resetsInMs }) => {
    // A negative one in an answer that served the call says nothing.
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

/** What the fallback loop knows about RapidAPI: how to judge its errors and how to read its limits. */
export const rapidApiAdapter: ProviderAdapter = defineAdapter({
  name: 'rapidapi',
  displayName: 'RapidAPI',
  env: 'RAPIDAPI_KEY',
  classifyError: classifyRapidApiError,
  authorize,
  readLimits,
});

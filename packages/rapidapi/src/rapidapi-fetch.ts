import { ApiKeyFallbackError, type Attempt, InvalidOptionsError } from '@api-key-fallback/core';
import {
  checkOptionNames,
  findAttempt,
  readErrorText,
  redactedHeaders,
  safeCopy,
} from '@api-key-fallback/core/adapter';
import { hostHeader } from './host-header.ts';
import { RapidApiError } from './rapidapi-error.ts';

const keyHeader = 'x-rapidapi-key';

/** Options of `rapidApiFetch`: those of `fetch` without `redirect`, `apiKey` and `baseUrl`. */
export interface RapidApiRequest extends Omit<RequestInit, 'redirect'> {
  /**
   * The key that the method received. Behind a limiter or a queue it is required, because the current attempt is that of another call
   * there. @default the header `x-rapidapi-key`, else the key of the current attempt
   */
  readonly apiKey?: string;
  /** The address of a proxy or a test server. @default `https://<host>` */
  readonly baseUrl?: string;
}

/** @throws InvalidOptionsError for a `host` that is not a bare host name. */
export function urlOf(host: string, path: string, baseUrl: string): string {
  // Any other character could end the host early and send the key to another server.
  if (typeof host !== 'string' || !/^[a-z0-9.-]{1,253}$/i.test(host)) {
    const found = typeof host === 'string' && host.length <= 64 ? `, not ${JSON.stringify(host)}` : '';
    throw new InvalidOptionsError(`RapidAPI: "host" must be a bare host name like "<api>.p.rapidapi.com"${found}.`);
  }
  return `${baseUrl.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : text;
  }
}

async function toError(host: string, response: Response, signal: AbortSignal): Promise<RapidApiError> {
  const headers = redactedHeaders(response.headers);
  // The response does not name the host, and the verdict applies to it.
  headers.set(hostHeader, host);
  const body = safeCopy(parse(await readErrorText(response, signal)));
  return new RapidApiError({ host, status: response.status, headers, body });
}

/** The current attempt. @throws ApiKeyFallbackError (`NO_CURRENT_ATTEMPT`) if there is none, or it has ended */
function runningAttempt(): Attempt {
  const attempt = findAttempt('rapidapi');
  if (attempt) return attempt;
  throw new ApiKeyFallbackError(
    'rapidApiFetch: no attempt is running here. Pass the key that the method received: rapidApiFetch(host, path, { apiKey }).',
    'NO_CURRENT_ATTEMPT',
  );
}

const ownFields = new Set(['apiKey', 'baseUrl']);

/** `fetch` ignores an unknown field, so that a misspelt `baseUrl` would send the key to another server. */
function checkFieldNames(init: object): void {
  const isMeant = (name: string) => /^(?:api_?key|x_?rapidapi_?key|base_?ur[il])$/i.test(name);
  const meant = Object.entries(init).filter(([name]) => isMeant(name));
  checkOptionNames('init', Object.fromEntries(meant), ownFields);
}

/** The current attempt if it has this key. Behind a limiter the current attempt can be that of another call. */
function attemptWith(apiKey: string): Attempt | undefined {
  const attempt = findAttempt('rapidapi');
  return attempt?.apiKey === apiKey ? attempt : undefined;
}

/**
 * Sends a request to an API on RapidAPI with the key that the method received.
 *
 * Unlike `fetch` it throws for an error status, so that the call can fall over. It does not follow redirects. Set
 * `operation: host` on the decorated method, so that the key's state is tracked per host.
 *
 * @param host The host of the API, `<api>.p.rapidapi.com`.
 * @param path The path from the root of the API, with the query.
 * @throws RapidApiError for every status outside 200–299; the error of `fetch` without a response;
 * InvalidOptionsError for a `host` that is not a bare host name; ApiKeyFallbackError (`NO_CURRENT_ATTEMPT`) without `apiKey`
 * outside a decorated method or fallback function, or after its attempt has ended.
 * @example
 * class WeatherService {
 *   @retryWithApiKeyFallback({ provider: 'rapidapi', operation: 'weatherapi-com.p.rapidapi.com' })
 *   async today(apiKey: ApiKey<'rapidapi'>, city: string): Promise<unknown> {
 *     const path = `/current.json?q=${encodeURIComponent(city)}`;
 *     const response = await rapidApiFetch('weatherapi-com.p.rapidapi.com', path, { apiKey });
 *     return response.json();
 *   }
 * }
 */
export async function rapidApiFetch(host: string, path: string, init: RapidApiRequest = {}): Promise<Response> {
  checkFieldNames(init);
  const { baseUrl = `https://${host}`, apiKey, ...request } = init;
  const url = urlOf(host, path, baseUrl);
  const headers = new Headers(request.headers);
  const key = apiKey ?? headers.get(keyHeader) ?? runningAttempt().apiKey;
  headers.set(keyHeader, key);
  headers.set(hostHeader, host);
  const attempt = attemptWith(key);
  const signals = [attempt?.signal, request.signal].filter((signal) => signal != null);
  const signal = AbortSignal.any(signals);
  // Following a redirect would send the key to another origin: https://fetch.spec.whatwg.org/#http-redirect-fetch drops
  // only `authorization`. With 'error' it would look like a network failure and be retried with every key.
  const response = await fetch(url, { ...request, headers, signal, redirect: 'manual' });
  // The response does not name the host, and the limits apply per host.
  attempt?.observe({ headers: { ...Object.fromEntries(response.headers), [hostHeader]: host } });
  if (response.ok) return response;
  throw await toError(host, response, signal);
}

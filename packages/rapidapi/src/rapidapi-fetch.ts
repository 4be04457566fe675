import { currentAttempt, InvalidOptionsError } from '@api-key-fallback/core';
import { redactKeys } from '@api-key-fallback/core/adapter';
import { hostHeader } from './rapidapi-adapter.ts';
import { RapidApiError } from './rapidapi-error.ts';

/** A request of `rapidApiFetch`: the options of `fetch`, and where it goes. */
export interface RapidApiRequest extends Omit<RequestInit, 'redirect'> {
  /** Where the request goes instead of `https://<host>`: a proxy, or a server in tests. */
  readonly baseUrl?: string;
}

function urlOf(host: string, path: string, baseUrl: string): string {
  // Anything else could end the host early and take the key somewhere else.
  if (!/^[a-z0-9.-]+$/i.test(host)) {
    throw new InvalidOptionsError(
      `rapidApiFetch takes the bare host of an API, like "<api>.p.rapidapi.com"; it is ${JSON.stringify(host)}.`,
    );
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

/** A connection that is cut in the middle of the body does not take away what status and headers say. */
async function readText(response: Response, signal: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch {
    signal.throwIfAborted();
    return '';
  }
}

async function toError(host: string, response: Response, signal: AbortSignal): Promise<RapidApiError> {
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.append(name, redactKeys(value));
  const body = parse(redactKeys(await readText(response, signal)));
  return new RapidApiError({ host, status: response.status, headers, body });
}

/**
 * Calls an API on RapidAPI with the key of the running attempt, and throws where `fetch` resolves with an error status.
 *
 * `host` is the API's (`<api>.p.rapidapi.com`), `path` begins at its root and carries the query. Give the call
 * `operation: host`, so that a key's state is kept for each host. Redirects are not followed.
 *
 * @throws RapidApiError for every status outside 200–299; what `fetch` throws where there is no answer;
 * ApiKeyFallbackError (`NO_CURRENT_ATTEMPT`) outside of a decorated method or fallback function.
 */
export async function rapidApiFetch(host: string, path: string, init: RapidApiRequest = {}): Promise<Response> {
  const attempt = currentAttempt('rapidapi');
  const { baseUrl = `https://${host}`, ...request } = init;
  const url = urlOf(host, path, baseUrl);
  const headers = new Headers(request.headers);
  headers.set('x-rapidapi-key', attempt.apiKey);
  headers.set(hostHeader, host);
  const signal = request.signal ? AbortSignal.any([attempt.signal, request.signal]) : attempt.signal;
  // A redirect would take the key to another origin: https://fetch.spec.whatwg.org/#http-redirect-fetch drops only
  // `authorization`. With 'error' it would look like a failure of the network, and be tried again with every key.
  const response = await fetch(url, { ...request, headers, signal, redirect: 'manual' });
  // The limits are those of the host, which only the request names.
  attempt.observe({ headers: { ...Object.fromEntries(response.headers), [hostHeader]: host } });
  if (response.ok) return response;
  throw await toError(host, response, signal);
}

import { findAttempt, type Attempt } from './attempt.ts';
import { callWithKeys } from './call-with-fallback.ts';
import { AllKeysFailedError, ApiKeyFallbackError } from './errors.ts';
import { poolOf, type KeyPool } from './key-pool.ts';
import type { ProviderName } from './provider-names.ts';
import { ProviderResponseError } from './provider-response-error.ts';
import { registry } from './registry.ts';
import { ReplayableRequest } from './replayable-request.ts';
import { checkFallbackOptions, type FallbackOptions } from './retry-options.ts';

export interface KeyedFetchOptions<P extends ProviderName = ProviderName> extends Omit<FallbackOptions, 'signal'> {
  readonly provider: P;
  /** What sends the requests. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Throws `AllKeysFailedError` when no key is left, instead of giving back the provider's last response. @default false */
  readonly throwOnExhausted?: boolean;
}

const mostRedirects = 20;

/**
 * A `fetch` that puts in the active key and falls over, for clients that take a `fetch` of their own: OpenAI, Anthropic,
 * the AI SDK, LangChain.
 *
 * Switch the client's own retries off, and give it any key: this one replaces it. When no key is left the provider's last
 * response (or the network's error) is given back, so that the client throws its own error. A body that is a stream can be
 * sent only once, so such a request is not repeated. Redirects are followed for GET and HEAD within the origin; any other
 * redirect is given back as it is, because it would take the key elsewhere.
 *
 * @throws InvalidOptionsError for a bad option; when fetching: UnknownProviderError, NoApiKeysError, DeadlineExceededError.
 */
export function createKeyedFetch<P extends ProviderName>(options: KeyedFetchOptions<P>): typeof globalThis.fetch {
  const { provider, fetch: send = globalThis.fetch, throwOnExhausted = false, ...rest } = options;
  const settings = checkFallbackOptions(rest);

  return async (input, init) => {
    const pool = poolOf(registry.get(provider));
    const request = new ReplayableRequest(input, init);
    const running = findAttempt(provider);
    // Inside a decorated method the loop is there already.
    if (running) return sendWithKey(pool, request, running, send);

    let last: Response | undefined;
    const ask = async (_key: unknown, attempt: Attempt): Promise<Response> => {
      const response = await sendWithKey(pool, request, attempt, send);
      if (response.status < 400) return response;
      await last?.body?.cancel();
      last = response;
      throw new ProviderResponseError(response, await response.clone().text());
    };
    const { signal } = request;
    try {
      return await callWithKeys(pool, ask, { ...settings, signal });
    } catch (error) {
      if (throwOnExhausted && AllKeysFailedError.isInstance(error)) throw error;
      return lastWord(error, last);
    }
  };
}

/** What a plain `fetch` would have given: the last response, or the error of the network. */
function lastWord(error: unknown, last: Response | undefined): Response {
  const isOurs = AllKeysFailedError.isInstance(error) || isSpentBody(error);
  if (last && (isOurs || error instanceof ProviderResponseError)) return last;
  throw AllKeysFailedError.isInstance(error) && error.attempts.length > 0 ? error.cause : error;
}

function isSpentBody(error: unknown): boolean {
  return ApiKeyFallbackError.isInstance(error) && error.code === 'BODY_NOT_REPEATABLE';
}

async function sendWithKey(
  pool: KeyPool,
  request: ReplayableRequest,
  attempt: Attempt,
  send: typeof globalThis.fetch,
): Promise<Response> {
  if (!request.canBeSent) {
    throw new ApiKeyFallbackError(
      'The body is a stream and has been sent, so it cannot be repeated.',
      'BODY_NOT_REPEATABLE',
    );
  }
  let url: URL | undefined;
  for (let redirects = 0; ; redirects++) {
    const made = authorize(pool, request.make(attempt.signal, url), attempt.apiKey);
    const { url: from, method } = made;
    const response = await send(made);
    attempt.observe(response);
    const mayFollow = redirects < mostRedirects && (method === 'GET' || method === 'HEAD');
    url = mayFollow ? redirectWithinOrigin(response, from) : undefined;
    if (!url) return response;
    await response.body?.cancel();
  }
}

function redirectWithinOrigin({ status, headers }: Response, from: string): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  const url = location === null ? null : URL.parse(location, from);
  return url && url.origin === new URL(from).origin ? url : undefined;
}

function authorize({ adapter }: KeyPool, request: Request, secret: string): Request {
  if (adapter.authorize) return adapter.authorize(request, secret);
  request.headers.set('authorization', `Bearer ${secret}`);
  return request;
}

import { findAttempt, findLatestAttempt, type Attempt } from '../base/attempt.ts';
import { cancelBody } from '../http/response-body.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { observeResponse } from '../pool/observe-response.ts';
import { findInPools } from '../pool/twin-pools.ts';
import { authorizeRequest } from '../provider/authorize-request.ts';
import type { ReplayableRequest } from '../http/replayable-request.ts';

/** The key of a request, and what its responses are reported to. */
export type Sender = Pick<Attempt, 'apiKey' | 'signal' | 'observe'>;

const maxRedirects = 20;

/**
 * Returns the key of a request inside a decorated method of the provider, whose loop retries; `undefined` outside.
 *
 * A limiter runs a request in the context of another call. So the key that the request carries wins over that of the context if an
 * attempt uses it, and an attempt that has ended is never used.
 */
export function outerSender(pool: KeyPool, request: ReplayableRequest, operation?: string): Sender | undefined {
  const { provider, pool: name } = pool.origin;
  if (!findLatestAttempt(provider)) return undefined;
  const attempt = findAttempt(provider, name);
  const key = wordsOf(request)
    .map((word) => pool.list.findKnown(word))
    .find((known) => known !== undefined);
  if (!key || key.ref.keyId === attempt?.keyId) return attempt;
  // Without an attempt of its own, the key is that of a client which the application shares. The loop needs the key of its attempt.
  const isShared = key.usage.inUse === 0 && (attempt !== undefined || !findLatestAttempt(provider, name));
  if (isShared) return attempt;
  const observe = (response: unknown) => observeResponse(pool, key, response, operation);
  return { apiKey: key.reveal(), signal: request.signal ?? new AbortController().signal, observe };
}

/**
 * Returns the name of the pool whose attempt sends a request inside a decorated method of the provider; `undefined` outside.
 *
 * The key that the request carries decides: a limiter can run the request of one tenant in the context of another one.
 */
export function outerPool(provider: string, request: ReplayableRequest): string | undefined {
  const attempt = findLatestAttempt(provider);
  if (!attempt) return undefined;
  const carried = wordsOf(request)
    .flatMap((word) => findInPools(provider, word))
    .find(({ key }) => key.usage.inUse > 0);
  return carried?.pool.origin.pool ?? attempt.pool;
}

/** What a request carries in headers and query parameters, where every provider has its own place for the key. */
function wordsOf({ headers, url }: ReplayableRequest): string[] {
  const texts = [...headers.values(), ...new URL(url).searchParams.values()];
  // A header can name a scheme before the key, such as `Bearer`.
  return texts.map((text) => text.slice(text.lastIndexOf(' ') + 1));
}

/** Sends a request once with one key, and follows its redirects within the origin. */
export async function sendWithKey(
  { adapter: { definition: adapter } }: KeyPool,
  request: ReplayableRequest,
  sender: Sender,
  send: typeof globalThis.fetch,
): Promise<Response> {
  const authorize = (bare: Request) => authorizeRequest(adapter, bare, sender.apiKey);
  let { url } = request;
  for (let redirects = 0; ; redirects++) {
    const response = await send(...request.make(sender.signal, authorize, url, send));
    sender.observe(response);
    const target = redirectTarget(response, url);
    const mayFollow = request.mayFollow && redirects < maxRedirects && target?.origin === new URL(url).origin;
    if (!target || !(mayFollow || request.redirect === 'error')) return response;
    cancelBody(response);
    if (!mayFollow) throw new TypeError('The response is a redirect, which the request does not allow.');
    url = target.href;
  }
}

function redirectTarget({ status, headers }: Response, from: string): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  return (location === null ? null : URL.parse(location, from)) ?? undefined;
}

import { findAttempt, findLatestAttempt, type Attempt } from '../base/attempt.ts';
import { defaultPool } from '../base/provider-name.ts';
import { cancelBody } from '../http/response-body.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { observeResponse } from '../pool/observe-response.ts';
import { poolOf } from '../pool/pool-of.ts';
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
  const running = findAttempt(provider, name);
  // After `fallbackTo`, the attempt can have the key of another provider.
  const attempt = running?.provider === provider ? running : undefined;
  const key = wordsOf(request)
    .map((word) => pool.list.findKnown(word))
    .find((known) => known !== undefined);
  if (!key || key.ref.keyId === attempt?.keyId) return attempt;
  // Without an attempt of its own, the key is that of a client which the application shares. The loop needs the key of its attempt.
  const isShared = key.usage.inUse === 0 && (attempt !== undefined || !findLatestAttempt(provider, name));
  if (isShared) return attempt;
  const observed = { operation, ...pool.traffic.lastRequest };
  return {
    apiKey: key.reveal(),
    signal: request.signal ?? new AbortController().signal,
    observe: (response) => observeResponse(pool, key, response, observed),
  };
}

/**
 * Returns the pool of the key that a request carries; `undefined` if it carries none.
 *
 * A limiter can run the request of one tenant in the context of another one, even after its own attempt has ended.
 */
export function carriedPool(provider: string, request: ReplayableRequest): KeyPool | undefined {
  const carried = wordsOf(request).flatMap((word) => findInPools(provider, word));
  const attempt = findAttempt(provider);
  const ofAttempt = carried.find(({ pool }) => attempt && pool === poolOf(attempt));
  const found = ofAttempt ?? carried.find(({ key }) => key.usage.inUse > 0) ?? carried[0];
  // Clients that several tenants share often have the key of the environment, which is in the default pool.
  const isOfClient = found?.pool.origin.pool === defaultPool && found.key.usage.inUse === 0;
  return isOfClient ? undefined : (found?.pool as KeyPool | undefined);
}

/** What a request carries in headers and query parameters, where every provider has its own place for the key. */
function wordsOf({ headers, url }: ReplayableRequest): string[] {
  const texts = [...headers.values(), ...new URL(url).searchParams.values()];
  return texts.flatMap((text) => {
    const [, encoded] = /^basic (.+)$/i.exec(text) ?? [];
    const decoded = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString();
    // A header can name a scheme before the key, such as `Bearer`, or a field, such as `key=`.
    return [text, ...`${text} ${decoded}`.split(/[\s,;:=]+/)];
  });
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
    const response = sender.observe(await send(...request.make(sender.signal, authorize, url, send)));
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

import { inTime } from '../base/abortable.ts';
import { findAttempt, type Attempt } from '../base/attempt.ts';
import { AllKeysFailedError, ApiKeyFallbackError, type ErrorCode, InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { CallPlan } from '../call/call-plan.ts';
import { checkRetryOptions, type FallbackOptions } from '../call/retry-options.ts';
import { runCall } from '../call/run-call.ts';
import type { RunningAttempt } from '../call/running-attempt.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolOf } from '../pool/pool-of.ts';
import { ProviderResponseError } from './provider-response-error.ts';
import { registry } from './registry.ts';
import { ReplayableRequest } from './replayable-request.ts';

/** Options of `createKeyedFetch`: those of a call, the provider, and what sends the requests. */
export interface KeyedFetchOptions<P extends ProviderName = ProviderName> extends Omit<
  FallbackOptions,
  'signal' | 'idleTimeout'
> {
  readonly provider: P;
  /** What sends the requests. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Throws `AllKeysFailedError` when no key is left, instead of giving back the provider's last response. @default false */
  readonly throwOnExhausted?: boolean;
}

const mostRedirects = 20;
const longestErrorBodyMs = 2000;

// No second attempt could be made with a body that has been sent.
const onlyOnce = { maxRetries: 1, onExhausted: 'fail' } as const;
// Where the loop gives up, the caller gets what a plain `fetch` would have given.
const endings: readonly string[] = ['ALL_KEYS_FAILED', 'BODY_NOT_REPEATABLE'] satisfies ErrorCode[];

/**
 * A `fetch` that puts in the active key and falls over, for clients that take a `fetch` of their own: OpenAI, Anthropic,
 * the AI SDK, LangChain.
 *
 * Switch the client's own retries off, and give it any key: this one replaces it. When no key is left the provider's last
 * response (or the network's error) is given back, so that the client throws its own error. A body that is a stream can be
 * sent only once, so such a request is not repeated. Redirects are followed for GET and HEAD within the origin; any other
 * redirect is given back as it is, because it would take the key elsewhere. The time limits end when the response begins.
 *
 * @throws InvalidOptionsError for a bad option; when fetching: UnknownProviderError, NoApiKeysError, DeadlineExceededError,
 * AllKeysFailedError when no key could be tried at all.
 */
export function createKeyedFetch<P extends ProviderName>(options: KeyedFetchOptions<P>): typeof globalThis.fetch {
  const { fetch: givenFetch, throwOnExhausted = false, ...rest } = options ?? {};
  const settings = checkRetryOptions(rest);
  const { provider } = rest;
  if (provider === undefined) throw new InvalidOptionsError('"provider" is missing.');
  for (const name of ['signal', 'inject', 'idleTimeout']) {
    if (name in rest) throw new InvalidOptionsError(`"${name}" is no option of a keyed fetch.`);
  }
  if (givenFetch !== undefined && typeof givenFetch !== 'function') {
    throw new InvalidOptionsError('"fetch" must be a function.');
  }

  return async (input, init) => {
    const pool = poolOf(registry.get(provider));
    // Looked up at each call, so that a fetch that a tracer or a test puts in place is used.
    const send = givenFetch ?? globalThis.fetch;
    const request = new ReplayableRequest(input, init);
    const running = findAttempt(provider);
    // Inside a decorated method the loop is there already.
    if (running) return sendWithKey(pool, request, running, send);

    let last: Response | undefined;
    let previous: Promise<Response> | undefined;
    const ask = async ({ view }: RunningAttempt): Promise<Response> => {
      if (!request.canBeSent) throw await spentBody(previous);
      previous = sendWithKey(pool, request, view, send);
      const response = await previous;
      if (response.status < 400) return pool.adapter.watch(response, request.url);
      last = response;
      throw new ProviderResponseError(response, await readText(pool, response.clone()));
    };
    const { signal } = request;
    try {
      return await runCall(new CallPlan(pool, { ...settings, ...(request.isRepeatable ? {} : onlyOnce), signal }), ask);
    } catch (error) {
      if (throwOnExhausted && AllKeysFailedError.isInstance(error)) throw error;
      const isEnding = ApiKeyFallbackError.isInstance(error) && endings.includes(error.code);
      if (last && (isEnding || error instanceof ProviderResponseError)) return last;
      throw isEnding ? (error.cause ?? error) : error;
    }
  };
}

/** The body of an error; one that does not come soon, or is cut, does not take away what the status says. */
function readText({ runtime }: KeyPool, response: Response): Promise<string> {
  return inTime(runtime, longestErrorBodyMs, () => response.text()).catch(() => '');
}

async function spentBody(previous: Promise<unknown> | undefined): Promise<ApiKeyFallbackError> {
  const cause: unknown = await previous?.then(
    () => undefined,
    (error: unknown) => error,
  );
  return new ApiKeyFallbackError(
    'The body is a stream and has been sent, so it cannot be repeated.',
    'BODY_NOT_REPEATABLE',
    { cause },
  );
}

async function sendWithKey(
  { adapter: { definition: adapter } }: KeyPool,
  request: ReplayableRequest,
  attempt: Attempt,
  send: typeof globalThis.fetch,
): Promise<Response> {
  const authorize = (bare: Request) =>
    adapter.authorize ? adapter.authorize(bare, attempt.apiKey) : authorizeAsBearer(bare, attempt.apiKey);
  let { url } = request;
  for (let redirects = 0; ; redirects++) {
    const response = await send(...request.make(attempt.signal, authorize, url));
    attempt.observe(response);
    const target = redirectTarget(response, url);
    const mayFollow = request.mayFollow && redirects < mostRedirects && target?.origin === new URL(url).origin;
    if (!target || !(mayFollow || request.redirect === 'error')) return response;
    await response.body?.cancel();
    if (!mayFollow) throw new TypeError('The answer is a redirect, which the request does not allow.');
    url = target.href;
  }
}

function redirectTarget({ status, headers }: Response, from: string): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  return (location === null ? null : URL.parse(location, from)) ?? undefined;
}

function authorizeAsBearer(request: Request, secret: string): Request {
  request.headers.set('authorization', `Bearer ${secret}`);
  return request;
}

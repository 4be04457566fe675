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
import { authorizeRequest } from '../provider/authorize-request.ts';
import { FailedResultError } from '../provider/failed-result-error.ts';
import { ProviderResponseError } from '../provider/provider-response-error.ts';
import { registry } from './registry.ts';
import { ReplayableRequest } from './replayable-request.ts';

type Fetch = typeof globalThis.fetch;

/** Options of `createKeyedFetch`: those of a call, the provider, and the underlying `fetch`. */
export interface KeyedFetchOptions<P extends ProviderName = ProviderName> extends Omit<
  FallbackOptions,
  'signal' | 'idleTimeout'
> {
  /** The provider whose keys are used. */
  readonly provider: P;
  /** Sends the requests. @default the global fetch, read at each call */
  readonly fetch?: typeof globalThis.fetch;
  /** If `true`, throws `AllKeysFailedError` when no key is left. If `false`, returns the provider's last response. @default false */
  readonly throwOnExhausted?: boolean;
}

const maxRedirects = 20;
const errorBodyTimeoutMs = 2000;

// A stream body can be sent only once, so a second attempt is impossible.
const singleAttempt = { maxRetries: 1, onExhausted: 'fail' } as const;
// After these errors the caller gets what a plain `fetch` would return or throw.
const replacedErrorCodes: readonly string[] = ['ALL_KEYS_FAILED', 'BODY_NOT_REPEATABLE'] satisfies ErrorCode[];

/**
 * Creates a `fetch` that sends the active key, retries and falls over, for clients that accept a custom `fetch`: OpenAI,
 * Anthropic, the AI SDK, LangChain.
 *
 * - Switch the client's own retries off, and pass any string as its key: this `fetch` replaces it.
 * - When no key is left, it returns the provider's last response or rethrows the network error, so that the client throws
 *   its own error.
 * - A request whose body is a stream is sent only once.
 * - It follows redirects of GET and HEAD requests within the origin, and returns other redirects, because they would send
 *   the key to another origin.
 * - `attemptTimeout` and `deadline` end when the response begins.
 *
 * @throws InvalidOptionsError for an invalid option. When fetching: UnknownProviderError, NoApiKeysError,
 * DeadlineExceededError, and AllKeysFailedError if no key was available for a single attempt.
 * @example
 * const client = new OpenAI({
 *   apiKey: 'replaced by the fetch',
 *   maxRetries: 0,
 *   fetch: createKeyedFetch({ provider: 'openai', maxRetries: 2 }),
 * });
 */
export function createKeyedFetch<P extends ProviderName>(options: KeyedFetchOptions<P>): typeof globalThis.fetch {
  const { fetch: customFetch, throwOnExhausted = false, ...callOptions } = options ?? {};
  const settings = checkRetryOptions(callOptions);
  const { provider } = callOptions;
  if (provider === undefined) throw new InvalidOptionsError('"provider" is required, for example \'openai\'.');
  for (const name of ['signal', 'inject', 'idleTimeout']) {
    if (name in callOptions) throw new InvalidOptionsError(`createKeyedFetch() does not accept "${name}".`);
  }
  if (customFetch !== undefined && typeof customFetch !== 'function') {
    throw new InvalidOptionsError('"fetch" must be a function.');
  }

  return async (input, init) => {
    const pool = poolOf(registry.get(provider));
    // Read at each call, so that a fetch that a tracer or a test installs later is used.
    const send = customFetch ?? globalThis.fetch;
    const request = new ReplayableRequest(input, init);
    const outerAttempt = findAttempt(provider);
    // The loop of the decorated method around this call retries already.
    if (outerAttempt) return sendWithKey(pool, request, outerAttempt, send);

    let lastErrorResponse: Response | undefined;
    let previousSend: Promise<Response> | undefined;
    const runAttempt = async ({ view: attempt }: RunningAttempt): Promise<Response> => {
      if (!request.canBeSent) throw await bodyNotRepeatable(previousSend);
      previousSend = sendWithKey(pool, request, attempt, send);
      const response = await previousSend;
      if (response.status < 400) {
        const verdict =
          settings.classifyResult && (await pool.adapter.classifyResult(response, pool.runtime.now(), settings));
        if (!verdict) return pool.adapter.watch(response, request.url);
        lastErrorResponse = response;
        throw new FailedResultError(provider, response, verdict);
      }
      lastErrorResponse = response;
      throw new ProviderResponseError(response, await readErrorBody(pool, response.clone()));
    };
    const bodyLimits = request.isRepeatable ? {} : singleAttempt;
    const plan = new CallPlan(pool, { ...settings, ...bodyLimits, signal: request.signal });
    try {
      return await runCall(plan, runAttempt);
    } catch (error) {
      if (throwOnExhausted && AllKeysFailedError.isInstance(error)) throw error;
      return responseOrThrow(error, lastErrorResponse);
    }
  };
}

function isFailedResponse(error: unknown): boolean {
  return error instanceof ProviderResponseError || FailedResultError.isInstance(error);
}

/** Ends a failed call as a plain `fetch` would: with the last error response, else with the client's own error. */
function responseOrThrow(error: unknown, lastErrorResponse: Response | undefined): Response {
  const isReplaced = ApiKeyFallbackError.isInstance(error) && replacedErrorCodes.includes(error.code);
  if (lastErrorResponse && (isReplaced || isFailedResponse(error))) return lastErrorResponse;
  throw isReplaced ? (error.cause ?? error) : error;
}

/** Reads the body of an error response. A slow or truncated body counts as empty; the status still classifies the error. */
function readErrorBody({ runtime }: KeyPool, response: Response): Promise<string> {
  return inTime(runtime, errorBodyTimeoutMs, () => response.text()).catch(() => '');
}

async function bodyNotRepeatable(previousSend: Promise<unknown> | undefined): Promise<ApiKeyFallbackError> {
  const cause: unknown = await previousSend?.then(
    () => undefined,
    (error: unknown) => error,
  );
  return new ApiKeyFallbackError(
    'The request body is a stream and was already sent. Pass a string or a buffer to make the request repeatable.',
    'BODY_NOT_REPEATABLE',
    { cause },
  );
}

async function sendWithKey(
  { adapter: { definition: adapter } }: KeyPool,
  request: ReplayableRequest,
  attempt: Attempt,
  send: Fetch,
): Promise<Response> {
  const authorize = (bare: Request) => authorizeRequest(adapter, bare, attempt.apiKey);
  let { url } = request;
  for (let redirects = 0; ; redirects++) {
    const response = await send(...request.make(attempt.signal, authorize, url));
    attempt.observe(response);
    const target = redirectTarget(response, url);
    const mayFollow = request.mayFollow && redirects < maxRedirects && target?.origin === new URL(url).origin;
    if (!target || !(mayFollow || request.redirect === 'error')) return response;
    await response.body?.cancel();
    if (!mayFollow) throw new TypeError('The response is a redirect, which the request does not allow.');
    url = target.href;
  }
}

function redirectTarget({ status, headers }: Response, from: string): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  return (location === null ? null : URL.parse(location, from)) ?? undefined;
}

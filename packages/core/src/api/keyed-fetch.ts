import { findAttempt, findLatestOfHome } from '../base/attempt.ts';
import { checkName } from '../base/check-arguments.ts';
import { checkOptionNames, retryOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { checkRetryOptions } from '../call/fallback-settings.ts';
import type { FallbackOptions } from '../call/retry-options.ts';
import { checkOption, checkTimeout } from '../base/check-option.ts';
import { namedPool, resolvedFor } from '../call/resolvers.ts';
import { ReplayableRequest } from '../http/replayable-request.ts';
import { limitBody } from '../http/response-body.ts';
import { registry } from '../managers/registry.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolOf } from '../pool/pool-of.ts';
import { KeyedCall, type KeyedCallSettings } from './keyed-call.ts';
import { carriedPool, outerSender, sendWithKey } from './send-with-key.ts';

/** Options of `createKeyedFetch`: those of a call, the provider, and the underlying `fetch`. */
export interface KeyedFetchOptions<P extends ProviderName = ProviderName> extends Omit<
  FallbackOptions,
  'signal' | 'idleTimeout'
> {
  /** The provider whose keys are used. */
  readonly provider: P;
  /**
   * The pool whose keys are used: its name, or a function that names it for each request and is not async. A request that carries a
   * key of a tenant uses the pool of that key, unless this is a name. @default the pool of the attempt around the request, else
   * 'default'; also where the function returns `undefined`
   */
  readonly pool?: string | (() => string | undefined);
  /** Sends the requests. @default the global fetch, read at each call */
  readonly fetch?: typeof globalThis.fetch;
  /** If `true`, throws `AllKeysFailedError` when no key is left. If `false`, returns the provider's last response. @default false */
  readonly throwOnExhausted?: boolean;
  /**
   * Timeout in ms, above 0, of the body of a response, from its beginning to its end. Reading then fails with a `TimeoutError`; does
   * not affect any key. @default none
   */
  readonly bodyTimeout?: number;
  /**
   * The largest body of a `Request`, in bytes, that is kept in memory to be sent with every attempt. A larger one is sent once, like
   * any other stream. @default 10_000_000
   */
  readonly maxBufferedBody?: number;
}

/** Options of one request through a keyed fetch. They win over those of `createKeyedFetch`. */
export interface RequestFallbackOptions extends Omit<KeyedFetchOptions, 'provider' | 'fetch'> {
  /** Identifies the call: `callId` of its attempts, up to 256 characters. @default a random UUID */
  readonly callId?: string;
}

/**
 * A `fetch` that sends the keys of a provider. The options of its requests can have a field `fallback`.
 *
 * @example
 * const keyedFetch: KeyedFetch = createKeyedFetch({ provider: 'openai' });
 * await keyedFetch(url, { method: 'POST', body, fallback: { deadline: 5000, maxRetries: 1 } });
 */
export type KeyedFetch = (
  input: string | URL | Request,
  init?: RequestInit & { readonly fallback?: RequestFallbackOptions },
) => Promise<Response>;

/**
 * Creates a `fetch` that sends the active key, retries and falls over, for clients that accept a custom `fetch`: OpenAI,
 * Anthropic, the AI SDK, LangChain.
 *
 * - Switch off the client's own retries, and pass a placeholder such as `'unused'` as its key: this `fetch` replaces it.
 * - When no key is left, it returns the provider's last response or rethrows the network error, so that the client throws
 *   its own error.
 * - A request whose body is a stream is sent only once. The body of a `Request` is kept in memory, up to `maxBufferedBody`.
 * - It follows redirects of GET and HEAD requests within the origin, and returns other redirects, because they would send
 *   the key to another origin.
 * - The field `fallback` in the options of a request wins over these options.
 * - Inside a decorated method it sends the key that the request carries, else that of the current attempt, once.
 * - `attemptTimeout` and `deadline` end when the response begins, and `bodyTimeout` begins.
 *
 * @throws InvalidOptionsError for an invalid option. When fetching: InvalidOptionsError for an invalid `fallback`, UnknownProviderError,
 * NoApiKeysError, DeadlineExceededError, and AllKeysFailedError if no key was available for a single attempt.
 * @example
 * const client = new OpenAI({
 *   apiKey: 'replaced by the fetch',
 *   maxRetries: 0,
 *   fetch: createKeyedFetch({ provider: 'openai', maxRetries: 2 }),
 * });
 */
export function createKeyedFetch<P extends ProviderName>(options: KeyedFetchOptions<P>): KeyedFetch {
  const checked = checkOptions(options);
  return async (input, init) => {
    const fallback = init?.fallback;
    const ofRequest = fallback === undefined ? checked : checkRequestOptions(options, fallback);
    const { provider, pool: named, send: customSend, bodyTimeout, ...ofCall } = ofRequest;
    const settings = { ...ofCall, ...resolvedFor(ofCall, undefined, [input, init]) };
    const request = new ReplayableRequest(input, init ?? {});
    const pool = poolOfRequest(provider, named, request);
    // Read at each call, so that a fetch that a tracer or a test installs later is used.
    const send = customSend ?? globalThis.fetch;
    const response = await respond(pool, request, settings, send);
    return bodyTimeout === undefined ? response : limitBody(pool.runtime, response, bodyTimeout);
  };
}

/** The pool of a request: the one with a fixed name, that of the key which it carries, the named one, or that of the attempt around it. */
function poolOfRequest(provider: ProviderName, named: KeyedFetchOptions['pool'], request: ReplayableRequest): KeyPool {
  const carried = typeof named === 'string' ? undefined : carriedPool(provider, request);
  if (carried) return carried;
  const name = typeof named === 'function' ? namedPool(named) : named;
  if (name !== undefined) return poolOf(registry.get(provider, name));
  const running = findAttempt(provider);
  if (running) return poolOf(running);
  return poolOf(registry.get(provider, findLatestOfHome(provider)?.home.pool));
}

async function respond(
  pool: KeyPool,
  request: ReplayableRequest,
  settings: KeyedCallSettings,
  send: typeof globalThis.fetch,
): Promise<Response> {
  const sender = outerSender(pool, request, settings.operation);
  if (!sender) return new KeyedCall(pool, request, settings, send).run();
  // The loop of the decorated method around this call retries already.
  await request.buffer(settings.maxBufferedBody, sender.signal);
  return sendWithKey(pool, request, sender, send);
}

/** Options of a call that a keyed fetch does not have, and what to write in their place. */
const refusedOptions = {
  signal: 'pass it with each request',
  inject: 'it always sends the key',
  idleTimeout: 'use "bodyTimeout"',
};

const optionNames: ReadonlySet<string> = new Set([
  ...[...retryOptionNames].filter((name) => !(name in refusedOptions)),
  'fetch',
  'throwOnExhausted',
  'bodyTimeout',
  'maxBufferedBody',
]);

const requestOptionNames: ReadonlySet<string> = new Set([
  ...[...optionNames].filter((name) => name !== 'provider' && name !== 'fetch'),
  'callId',
]);

function checkRequestOptions<P extends ProviderName>(options: KeyedFetchOptions<P>, fallback: RequestFallbackOptions) {
  checkOptionNames('fallback', fallback, requestOptionNames);
  const { callId, ...ofRequest } = fallback;
  if (callId !== undefined) checkName('callId', callId);
  // A missing tenant must not stand for the default pool.
  const pool = ofRequest.pool ?? options.pool;
  const merged = { ...options, ...ofRequest, ...(pool === undefined ? {} : { pool }) };
  return { ...checkOptions(merged), ...(callId === undefined ? {} : { callId }) };
}

function checkOptions<P extends ProviderName>(options: KeyedFetchOptions<P>) {
  for (const [name, instead] of Object.entries(refusedOptions)) {
    const isGiven = readField(options, name) !== undefined;
    if (isGiven) throw new InvalidOptionsError(`createKeyedFetch() does not accept "${name}": ${instead}.`);
  }
  checkOptionNames('options', options, optionNames, "createKeyedFetch({ provider: 'openai' })");
  const { fetch: send, throwOnExhausted = false, bodyTimeout, maxBufferedBody = 10_000_000, ...callOptions } = options;
  const settings = checkRetryOptions(callOptions);
  const { provider, pool } = callOptions;
  if (provider === undefined) throw new InvalidOptionsError('"provider" is required, for example \'openai\'.');
  if (send !== undefined && typeof send !== 'function') throw new InvalidOptionsError('"fetch" must be a function.');
  checkOption(typeof throwOnExhausted === 'boolean', 'throwOnExhausted', throwOnExhausted, 'true or false');
  const isSize = Number.isSafeInteger(maxBufferedBody) && maxBufferedBody >= 0;
  checkOption(isSize, 'maxBufferedBody', maxBufferedBody, 'a number of bytes, an integer from 0');
  checkTimeout('bodyTimeout', bodyTimeout);
  return { ...settings, provider, pool, send, throwOnExhausted, bodyTimeout, maxBufferedBody };
}

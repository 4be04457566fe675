import type { TokenUsage } from '../base/token-usage.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { HeadersLike } from '../http/headers.ts';
import type { KeyLimits } from './key-limits.ts';

/** One rate limit, as the headers of a response state it. */
export interface RateLimit {
  /** The provider's name for the limit, for example `requests`. */
  readonly name: string;
  /** The amount left. At 0 or less other keys come first until the reset. */
  readonly remaining: number;
  /** The full amount. A limit of 0 is ignored: the plan has no such requests. */
  readonly limit?: number;
  /** When the limit is full again, in ms since the epoch. @default a minute after the response */
  readonly resetsAtMs?: number;
  /** When the next request has room, in ms since the epoch. @default `resetsAtMs` */
  readonly roomAtMs?: number;
  /** The time over which the provider counts. */
  readonly window?: 'second' | 'minute' | 'hour' | 'day' | 'month';
  /** Who shares the limit: this key alone, or the keys of its group (project, organisation). @default 'key' */
  readonly scope?: 'key' | 'group';
  /** The quota bucket that the limit applies to; absent if it applies to the whole key. */
  readonly bucket?: string;
}

/** The facts about a call that an adapter receives besides the error or the headers. */
export interface ClassifyContext {
  /** The current time in ms since the epoch. Use it instead of `Date.now()`. */
  readonly now: number;
  /** The `operation` option of the call. */
  readonly operation?: string;
}

/**
 * Returns the verdict on an error of an attempt; `undefined` leaves it to the next one: first the call's option, then the
 * adapter, then core.
 */
export type ClassifyError = (error: unknown, context: ClassifyContext) => ErrorVerdict | undefined;

/** Returns the verdict on a value that an attempt returned although it failed; `undefined` for a success. May be async. */
// A method, so that a function which expects the method's own type of result is accepted.
export type ClassifyResult = {
  judge(value: unknown, context: ClassifyContext): ErrorVerdict | undefined | PromiseLike<ErrorVerdict | undefined>;
}['judge'];

/** What a probe receives besides the key. */
export interface ProbeContext {
  /** Aborts at the time limit, or when the caller aborts. */
  readonly signal: AbortSignal;
  /** Sends the request. */
  readonly fetch: typeof globalThis.fetch;
  /** The manager's `clientOptions`. Send the request to the server that they name. */
  readonly clientOptions?: object;
  /** Returns the current time in ms since the epoch. Use it instead of `Date.now()`. */
  readonly now: () => number;
}

/** A verdict that says something about the key. */
export type KeyVerdict = Extract<ErrorVerdict, { readonly kind: 'invalid-key' | 'quota-exhausted' | 'rate-limited' }>;

/**
 * What a probe has found out about a key.
 *
 * - `working`: the provider accepts the key. A `reason` says what is special, for example `missing_scopes`.
 * - `refused`: the provider's response says something about the key.
 * - `inconclusive`: everything else, for example a network error or a 5xx.
 *
 * A `reason` is a short, stable code.
 */
export type ProbeResult = {
  /** The operation of the request; its quota bucket is the one that the result applies to. @default none */
  readonly operation?: string;
  /** The project or organisation of the key. */
  readonly group?: string;
  /** The rate limits that the response states. */
  readonly rateLimits?: readonly RateLimit[];
} & (
  | { readonly outcome: 'working'; readonly reason?: string }
  | { readonly outcome: 'refused'; readonly verdict: KeyVerdict }
  | { readonly outcome: 'inconclusive'; readonly reason: string }
);

/**
 * Describes a provider to the fallback loop: its name, its environment variable and what its errors mean.
 *
 * An adapter holds no state, does not retry and does not throw. Create one with `defineAdapter`. If an optional hook throws
 * or returns an invalid value, core ignores it with one warning; only errors of `createClient` and `authorize` fail the call.
 *
 * @example
 * const acmeAdapter: ProviderAdapter = defineAdapter({
 *   name: 'acme',
 *   displayName: 'Acme',
 *   env: 'ACME_API_KEY',
 *   classifyError: () => undefined, // core classifies by status and network code
 * });
 */
export interface ProviderAdapter<Client = unknown> {
  /** The name that users pass in `{ provider }`: 1 to 64 letters, digits, `.`, `_` and `-`; for example `openai`. */
  readonly name: string;
  /** The name that log lines and errors show, up to 128 characters, for example `OpenAI`. */
  readonly displayName: string;
  /** The environment variable of the first key, up to 100 characters. `<env>_2` … `<env>_n` and the list `<env>S` are read too. */
  readonly env: string;
  /** Returns the verdict on an error of an attempt. `undefined` applies core's own rules. */
  classifyError(error: unknown, context: ClassifyContext): ErrorVerdict | undefined;
  /**
   * Creates a client bound to one key. Switch the client's own retries off.
   *
   * Called once per key, at first use. `options` are the manager's `clientOptions`. Pass the provider's responses through
   * `observe`, so that core can read rate limits, groups and tokens: the client reads the response that it returns. Without this
   * hook, `inject: 'client'` and `getClient()` throw.
   */
  createClient?(secret: string, options?: object, observe?: <R>(response: R) => R): Client | Promise<Client>;
  /** Returns the request with a key in it, for `createKeyedFetch`. @default sets an `Authorization: Bearer` header */
  authorize?(request: Request, secret: string): Request;
  /**
   * Sends one cheap request that shows whether the key works, for `checkKeys()`. Use `probeRequest`.
   *
   * Never rejects. Without this hook every check is inconclusive; leave it out if the provider has no free or cheap request.
   */
  probe?(secret: string, context: ProbeContext): Promise<ProbeResult>;
  /**
   * Wraps a response of `createKeyedFetch`, for example so that a truncated stream fails instead of ending. Read its body with
   * `webStreamOf`, because that of node-fetch is a stream of Node.
   */
  watch?(response: Response, url: string): Response;
  /** Returns the rate limits in the headers of a response. */
  readLimits?(headers: HeadersLike, context: ClassifyContext): readonly RateLimit[];
  /** Returns the project or organisation of the key, read from a response or an error. */
  groupOf?(source: unknown): string | undefined;
  /**
   * Returns the tokens that an answer states: a value that a method returns, a chunk of a stream, or the JSON of a body or of an event
   * in it; `undefined` for everything else. Use `statedUsage`.
   *
   * Within one stream the last statement of each field counts, so state a field as often as the provider does, and leave out what it
   * does not state.
   */
  usageOf?(answer: unknown): TokenUsage | undefined;
  /** Returns the quota bucket of an operation. @default the operation's own name */
  bucketOf?(operation: string): string;
  /** Returns the cost of one attempt of an operation, in the provider's quota units. @default 1 */
  unitsOf?(operation: string | undefined): number;
  /**
   * The limits that the provider documents for every key. An account can have others, so a key that is full by them comes after the
   * others and stays usable. The option `limits` of a manager replaces those of the same name. @default none
   */
  readonly limits?: KeyLimits;
  /** The IANA time zone of the provider's day, for example `America/Los_Angeles`. @default 'UTC' */
  readonly timeZone?: string;
  /** The format of the provider's keys. A key that does not match is still used, with a warning. */
  readonly keyPattern?: RegExp;
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { ApiKeyFallbackError } from './errors.ts';
import { shownProvider, type ProviderName } from './provider-name.ts';
import type { TokenUsage } from './token-usage.ts';

/** One attempt of a call with one key, as the decorated method or fallback function sees it. */
export interface Attempt {
  /** The provider's name, for example `openai`. */
  readonly provider: string;
  /** The name of the pool of the key in use. */
  readonly pool: string;
  /** The provider and pool that the call has named. After `fallbackTo` the key is that of another pool. */
  readonly home: { readonly provider: string; readonly pool: string };
  /** The fingerprint of the key in use; the same in every process. */
  readonly keyId: string;
  /** The number of this attempt on its key, from 1 to `maxRetries`. */
  readonly attemptNumber: number;
  /** The key in use, in plain text. Never log it. */
  readonly apiKey: string;
  /** The value that the method received: the key, or a client bound to it. */
  readonly injected: unknown;
  /** Identifies the call; the same for all its attempts. Use it as an idempotency key. */
  readonly callId: string;
  /** Aborts when the caller aborts, the attempt times out or the deadline passes. Pass it to the client. */
  readonly signal: AbortSignal;
  /** Whether the attempt has ended. A timer started in an attempt can outlive it. */
  readonly hasEnded: boolean;
  /**
   * Reads limits and the group from a response or its headers. Read the returned response instead of yours: where tokens are limited,
   * core counts those in its body as you read it.
   */
  observe<R>(response: R): R;
  /**
   * Adds tokens that the attempt has really taken, for `tokensPerMinute` and `tokensPerDay`. They count in place of those that `cost`
   * has reserved and that the provider's answers state.
   *
   * @throws InvalidOptionsError for an unknown field, one that is not a number from 0, or if no field says how many tokens there are.
   * @example
   * currentAttempt().spent({ tokens: 812 });
   */
  spent(usage: TokenUsage): void;
  /** The attempt, of any provider, that this one runs inside. */
  readonly outer: Attempt | undefined;
}

const slot = Symbol.for('@api-key-fallback/core/attempt@1');

/** The current attempt of each async context, shared by all copies of this package in the process. */
const attemptStorage: AsyncLocalStorage<Attempt> = ((globalThis as { [slot]?: AsyncLocalStorage<Attempt> })[slot] ??=
  new AsyncLocalStorage<Attempt>());

/** Runs a function with `attempt` as the current attempt of its async context. */
export function runInAttempt<A extends unknown[], T>(attempt: Attempt, run: (...args: A) => T, ...args: A): T {
  return attemptStorage.run(attempt, run, ...args);
}

/**
 * Returns the innermost attempt that is still running, optionally of one provider and pool; `undefined` if there is none.
 * The pool can be the one that the call has named, or that of the key.
 *
 * Behind a limiter or a queue it can be the attempt of another call. Compare its `apiKey` with the key of the request.
 *
 * @example
 * const attempt = findAttempt('acme');
 * if (attempt?.apiKey === apiKey) attempt.observe(response);
 */
export function findAttempt(provider?: string, pool?: string): Attempt | undefined {
  let attempt = attemptStorage.getStore();
  while (attempt && (attempt.hasEnded || isOther(attempt, provider, pool))) attempt = attempt.outer;
  return attempt;
}

/** Returns the innermost attempt of a provider, also if it has ended: a timer or a queue can outlive it. */
export function findLatestAttempt(provider?: string, pool?: string): Attempt | undefined {
  let attempt = attemptStorage.getStore();
  while (attempt && isOther(attempt, provider, pool)) attempt = attempt.outer;
  return attempt;
}

/** Returns the innermost attempt of a call that has named this provider, also if it has ended. */
export function findLatestOfHome(provider: string): Attempt | undefined {
  let attempt = attemptStorage.getStore();
  while (attempt && attempt.home.provider !== provider) attempt = attempt.outer;
  return attempt;
}

function isOther(attempt: Attempt, provider: string | undefined, pool: string | undefined): boolean {
  if (provider === undefined) return false;
  if (pool === undefined) return attempt.provider !== provider;
  return !isOf(attempt, provider, pool) && !isOf(attempt.home, provider, pool);
}

function isOf(origin: Attempt['home'], provider: string, pool: string): boolean {
  return origin.provider === provider && origin.pool === pool;
}

/**
 * Returns the attempt that the calling code runs in: its number, key and abort signal.
 *
 * With nested calls this is the innermost attempt. Pass a provider to get the innermost attempt of that provider.
 *
 * @throws ApiKeyFallbackError (`NO_CURRENT_ATTEMPT`) outside of a decorated method or fallback function.
 * @example
 * class ChatService {
 *   \@retryWithApiKeyFallback({ provider: 'openai', attemptTimeout: 10_000 })
 *   async chat(apiKey: ApiKey<'openai'>, prompt: string) {
 *     const { signal, callId } = currentAttempt();
 *     return send(prompt, { apiKey, signal, headers: { 'idempotency-key': callId } });
 *   }
 * }
 */
export function currentAttempt(provider?: ProviderName): Attempt {
  // Ended attempts are included: a method can still be cleaning up.
  const attempt = findLatestAttempt(provider);
  if (attempt) return attempt;
  const which = provider === undefined ? '' : ` of the provider ${shownProvider(provider)}`;
  throw new ApiKeyFallbackError(
    `currentAttempt() was called outside of an attempt${which}. Call it inside a decorated method or fallback function.`,
    'NO_CURRENT_ATTEMPT',
  );
}

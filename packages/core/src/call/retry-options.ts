import type { FailedAttempt } from '../base/all-keys-failed-error.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { ProviderName } from '../base/provider-name.ts';
import type { ClassifyError, ClassifyResult } from '../provider/provider-adapter.ts';
import type { AffinityResolver, Cost, CostResolver, KeyResolver, PoolResolver } from './resolvers.ts';

/** What the decorated method or fallback function receives. */
export type Inject = 'key' | 'client';

/** One failed attempt, as `onFailedAttempt` receives it. It contains no key. */
export interface AttemptFailure extends FailedAttempt {
  /** The key of the attempt, without its secret. */
  readonly key: KeyRef;
  /** Attempts that `maxRetries` still allows on this key; 0 if the key is unavailable or the call ends here. */
  readonly retriesLeft: number;
  /** Other keys that the call has not used and could use now; 0 if the call ends here. */
  readonly keysLeft: number;
}

/**
 * How a call retries. With n keys it makes at most n × `maxRetries` attempts. An invalid option throws an `InvalidOptionsError`.
 *
 * @example
 * const options: FallbackOptions = { maxRetries: 2, attemptTimeout: 10_000, deadline: 30_000, onExhausted: 'wait' };
 */
export interface FallbackOptions {
  /** Attempts on each key, an integer from 1. @default 3 */
  readonly maxRetries?: number;
  /** Pause in ms between two attempts on the same key. @default 1000 */
  readonly delay?: number;
  /** `exponential` doubles `delay` with each attempt and takes a random part of it (full jitter). @default 'fixed' */
  readonly backoff?: 'fixed' | 'exponential';
  /** Upper bound in ms of an exponential pause, and of the wait that a transient failure may state. @default 8000 */
  readonly maxDelay?: number;
  /**
   * Where a retry goes: `same-key` makes up to `maxRetries` attempts on a key before it takes the next one; `next-key` takes another
   * healthy key at once, so that a dead key costs one attempt. @default the manager's `retryOn`, which is 'same-key' by default
   */
  readonly retryOn?: 'same-key' | 'next-key';
  /**
   * What a call does when no key is left: `fail` ends it, unless a key is back within `delay`; `wait` waits until the first key is
   * back, within `maxWait` and `deadline`. @default 'fail'
   */
  readonly onExhausted?: 'fail' | 'wait';
  /** The longest total wait of a call in ms, with `onExhausted: 'wait'`. @default 61_000; unlimited with a `deadline` */
  readonly maxWait?: number;
  /** Timeout of one attempt in ms, above 0; a transient failure of the key. For streams: until the first chunk. @default none */
  readonly attemptTimeout?: number;
  /** Timeout of the whole call in ms, above 0; does not affect any key. For streams: until the first chunk. @default none */
  readonly deadline?: number;
  /** Timeout in ms, above 0, of each chunk after the first one, for generator methods only. @default none */
  readonly idleTimeout?: number;
  /**
   * With `false` a call is not repeated when the provider may have done the work: after a timeout, a lost connection or a 500.
   * A clear refusal, such as a 401, 429 or 503, is repeated. @default true
   */
  readonly idempotent?: boolean;
  /** Ends the call with the signal's reason when it aborts; does not affect any key. @default none */
  readonly signal?: AbortSignal;
  /** The provider's operation, up to 256 characters, for example `search.list`, if it has a quota for each one. @default none */
  readonly operation?: string;
  /**
   * Pins the call to one key, by its label or `keyId`, or a function that names it for each call and is not async: files, batches and
   * uploads exist only in the account that made them. The call retries on this key and never falls over. @default any key
   */
  readonly key?: string | KeyResolver;
  /**
   * The session of the call, 1 to 256 characters in one line, or a function that names it for each call and is not async: calls with the
   * same affinity use the same key while that is healthy and has room, so that a session keeps its prompt cache. Goes before `strategy`.
   *
   * The call rejects with an `InvalidOptionsError` if the function returns anything else, or a promise.
   *
   * @default none
   * @example
   * const options: RetryOptions = { affinity: ({ args: [conversation] }) => conversation.id };
   */
  readonly affinity?: string | AffinityResolver;
  /** What an attempt takes of configured limits, or a function that says it for each call and is not async. @default one request */
  readonly cost?: Cost | CostResolver;
  /** Classifies an error before the adapter does; return `undefined` to leave it to the adapter. Must not be async. @default none */
  readonly classifyError?: ClassifyError;
  /**
   * Classifies the value of an attempt, for APIs that respond to a failure with status 200; return `undefined` for a success. A
   * verdict fails the attempt with a `FailedResultError`. May be async. Not allowed on generator methods. @default none
   */
  readonly classifyResult?: ClassifyResult;
  /** Called after each failed attempt and awaited before the call continues. An error that it throws ends the call. @default none */
  readonly onFailedAttempt?: (failure: AttemptFailure) => unknown;
}

/** Options of the decorator. With n keys a call makes at most n × `maxRetries` requests. */
export interface RetryOptions<
  P extends ProviderName = ProviderName,
  I extends Inject = Inject,
> extends FallbackOptions {
  /** The provider. Optional in a class with `@useApiKeyFallback`, which names it. */
  readonly provider?: P;
  /**
   * The pool whose keys are used: its name, or a function that names it for each call and is not async.
   *
   * @default 'default', also where the function returns `undefined`
   */
  readonly pool?: string | PoolResolver;
  /** What the first parameter receives: the active key, or a client bound to it. @default 'key' */
  readonly inject?: I;
}

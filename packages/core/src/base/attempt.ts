import { AsyncLocalStorage } from 'node:async_hooks';
import { ApiKeyFallbackError } from './errors.ts';
import type { ProviderName } from './provider-name.ts';

/** One try with one key, as seen from inside the decorated method. */
export interface Attempt {
  readonly provider: string;
  /** The fingerprint of the key in use. */
  readonly keyId: string;
  /** The number of this attempt on its key, from 1. */
  readonly attemptNumber: number;
  readonly apiKey: string;
  /** What the method received: the key, or a client bound to it. */
  readonly injected: unknown;
  /** The same for every attempt of a call; good as an idempotency key. */
  readonly callId: string;
  /** Aborted when the caller gives up, the attempt times out or the deadline passes; hand it to the client. */
  readonly signal: AbortSignal;
  /** A timer started in an attempt may outlive it. */
  readonly hasEnded: boolean;
  /** Learns the key's limits and group from a response (or its headers), where the adapter can read them. */
  observe(response: unknown): void;
  /** The attempt (of any provider) that this one runs inside. */
  readonly outer: Attempt | undefined;
}

const slot = Symbol.for('@api-key-fallback/core/attempt@1');

/** The running attempts, shared by all copies of this package in the process. */
const attemptStorage: AsyncLocalStorage<Attempt> = ((globalThis as { [slot]?: AsyncLocalStorage<Attempt> })[slot] ??=
  new AsyncLocalStorage<Attempt>());

/** Runs a function so that it, and all that it starts, finds the attempt. */
export function runInAttempt<A extends unknown[], T>(attempt: Attempt, run: (...args: A) => T, ...args: A): T {
  return attemptStorage.run(attempt, run, ...args);
}

/** The innermost attempt that is still running, of one provider where one is named. */
export function findAttempt(provider?: string): Attempt | undefined {
  let attempt = attemptStorage.getStore();
  while (attempt && (attempt.hasEnded || isOfAnother(attempt, provider))) attempt = attempt.outer;
  return attempt;
}

function isOfAnother(attempt: Attempt, provider: string | undefined): boolean {
  return provider !== undefined && attempt.provider !== provider;
}

/**
 * The attempt that the calling code runs in: its number, key and abort signal.
 *
 * @throws ApiKeyFallbackError (`NO_CURRENT_ATTEMPT`) outside of a decorated method or fallback function.
 */
export function currentAttempt(provider?: ProviderName): Attempt {
  let attempt = attemptStorage.getStore();
  // Not whether it has ended: a method may still be cleaning up after it.
  while (attempt && isOfAnother(attempt, provider)) attempt = attempt.outer;
  if (attempt) return attempt;
  const which = provider === undefined ? '' : ` of "${provider}"`;
  throw new ApiKeyFallbackError(`currentAttempt() was called outside of an attempt${which}.`, 'NO_CURRENT_ATTEMPT');
}

import type { ApiKeyManager } from './api-key-manager.ts';
import type { Attempt } from '../base/attempt.ts';
import { CallPlan } from '../call/call-plan.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { Provided } from './provided.ts';
import { checkFallbackOptions, type FallbackOptions, type FallbackSettings, type Inject } from '../call/retry-options.ts';
import { runCall } from '../call/run-call.ts';

const defaultSettings = checkFallbackOptions({});

/**
 * Calls `fn` with a key of the manager (or its client, with `inject: 'client'`), retrying and falling over as the decorator
 * does, without a class.
 *
 * @throws AllKeysFailedError when no key is left; a caller's own error is rethrown as it is.
 */
export function callWithFallback<T, Client>(
  manager: ApiKeyManager<Client>,
  fn: (client: Client, attempt: Attempt) => T | PromiseLike<T>,
  options: FallbackOptions & { readonly inject: 'client' },
): Promise<T>;
export function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>,
  options?: FallbackOptions & { readonly inject?: 'key' },
): Promise<T>;
export function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (injected: never, attempt: Attempt) => T | PromiseLike<T>,
  options?: FallbackOptions & { readonly inject?: Inject },
): Promise<T> {
  try {
    const settings = options === undefined ? defaultSettings : checkFallbackOptions(options);
    checkFunction(fn, settings);
    return runCall(new CallPlan(poolOf(manager), settings), ({ injected, view }) => fn(injected as never, view));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function checkFunction(fn: unknown, { idleTimeout }: FallbackSettings): void {
  if (typeof fn !== 'function') throw new InvalidOptionsError('There is no function to call with a key.');
  const kind = (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    throw new InvalidOptionsError('A generator function falls over with wrapWithFallback(fn, options) only.');
  }
  if (idleTimeout !== undefined) throw new InvalidOptionsError('"idleTimeout" works for generator methods only.');
}

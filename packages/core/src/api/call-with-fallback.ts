import type { Attempt } from '../base/attempt.ts';
import type { Provided } from '../base/provider-name.ts';
import type { FallbackOptions, Inject } from '../call/retry-options.ts';
import type { ApiKeyManager } from '../managers/api-key-manager.ts';
import { poolOf } from '../pool/pool-of.ts';

/**
 * Calls `fn` once with a key of the manager, or its client with `inject: 'client'`. Retries and falls over like the
 * decorator, without a class.
 *
 * @throws AllKeysFailedError if no key is left; DeadlineExceededError after the `deadline`; InvalidOptionsError for an
 * invalid option or manager. Rethrows a caller error unchanged.
 * @example
 * const completion = await callWithFallback(
 *   OpenAIKeyManager.fromEnv(),
 *   (client) => client.chat.completions.create({ model: 'gpt-4o-mini', messages }),
 *   { inject: 'client', maxRetries: 2 },
 * );
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
    poolOf(manager);
  } catch (error) {
    return Promise.reject(error as Error);
  }
  const withKey = fn as (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>;
  return manager.retryWithFallback(withKey, options as FallbackOptions & { readonly inject?: 'key' });
}

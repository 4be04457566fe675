import type { Attempt } from '../base/attempt.ts';
import type { FallbackOptions, Inject } from '../call/retry-options.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import type { Provided } from './provided.ts';

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
export async function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (injected: never, attempt: Attempt) => T | PromiseLike<T>,
  options?: FallbackOptions & { readonly inject?: Inject },
): Promise<T> {
  poolOf(manager);
  const withKey = fn as (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>;
  return manager.retryWithFallback(withKey, options as FallbackOptions & { readonly inject?: 'key' });
}

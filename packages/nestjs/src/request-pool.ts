import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidOptionsError } from '@api-key-fallback/core';

/** Names the pool of what runs now. */
type NamePool = () => string | undefined;

const storage = new AsyncLocalStorage<NamePool>();

/**
 * Names the pool of the request that runs now, as the option `pool` of the module says, or the one of `runInPool()`. For the option
 * `pool` of a decorated method, a class, a wrapped function or a keyed fetch.
 *
 * @throws InvalidOptionsError outside of a request, so that work without a tenant never uses the keys of the default pool by mistake.
 * @example
 * \@retryWithApiKeyFallback({ provider: 'openai', pool: requestPool })
 * async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> { … }
 *
 * registry.get('openai', requestPool()).status();
 */
export function requestPool(): string | undefined {
  const namePool = storage.getStore();
  if (namePool) return checkPool(namePool());
  throw new InvalidOptionsError(
    'requestPool was used outside of a request, so the pool is unknown. Pass { pool: (context) => … } to ApiKeyFallbackModule; in a ' +
      'guard, a job or a cron, write runInPool(tenant, () => …).',
  );
}

/**
 * Runs a function in which `requestPool` names this pool: for cron jobs, queues and scripts, which have no request.
 *
 * @example
 * for (const tenant of tenants) await runInPool(tenant, () => this.chat.summarise(INJECTED, textOf(tenant)));
 */
export function runInPool<T>(pool: string, run: () => T): T {
  return runWithPool(() => pool, run);
}

/** A promise would name no pool, and its rejection would end the process. */
function checkPool(pool: unknown): string | undefined {
  if (!(pool instanceof Promise)) return pool as string | undefined;
  pool.catch(() => {});
  throw new InvalidOptionsError(
    'The option "pool" of ApiKeyFallbackModule is async. Load the tenant in a guard, and return it: ' +
      '(context) => context.switchToHttp().getRequest().tenant.',
  );
}

/** Runs a function in which `requestPool` returns what `namePool` does. */
export function runWithPool<T>(namePool: NamePool, run: () => T): T {
  return storage.run(namePool, run);
}

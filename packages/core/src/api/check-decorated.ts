import { checkFallbackOptions, type FallbackSettings } from '../call/fallback-settings.ts';
import { CallPlan } from '../call/call-plan.ts';
import type { RetryOptions } from '../call/retry-options.ts';
import { registry } from '../managers/registry.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolOf } from '../pool/pool-of.ts';
import { noProvider, shownName } from './decorated-method.ts';
import { RETRY_METADATA } from './retry-with-api-key-fallback.ts';
import { defaultsOf } from './use-api-key-fallback.ts';

const metadata: Partial<typeof Reflect> = Reflect;

/**
 * Checks what can be known of a decorated method before its first call: its provider, its pool, whether there is a key, the key to which
 * it is pinned, and whether the adapter makes clients. Makes the manager as the first call would. Returns whether the method is
 * decorated.
 *
 * A pool that a function names, and keys that are not loaded yet, are left to the call.
 *
 * @param owner The class of the method, or an object of it, because `@useApiKeyFallback` can name the provider.
 * @throws The error with which the first call would reject.
 * @example
 * checkDecorated(ChatService.prototype.chat, ChatService);
 */
export function checkDecorated(method: unknown, owner: unknown): boolean {
  if (typeof method !== 'function') return false;
  const own = metadata.getMetadata?.(RETRY_METADATA, method) as (FallbackSettings & RetryOptions) | undefined;
  if (own === undefined) return false;
  const defaults = defaultsOf(owner);
  const provider = own.provider ?? defaults?.provider;
  if (provider === undefined) throw noProvider(shownName(method.name));
  const pool = own.pool ?? defaults?.pool;
  if (typeof pool === 'function' && registry.isKnown(provider)) return true;
  const keys = poolOf(registry.get(provider, typeof pool === 'function' ? undefined : pool));
  checkKey(keys, own.key ?? defaults?.key);
  if (own.inject === 'client') keys.clients.check();
  return true;
}

function checkKey(keys: KeyPool, key: RetryOptions['key']): void {
  if (typeof key !== 'string' || keys.keys.length === 0) return;
  new CallPlan(keys, checkFallbackOptions({})).drawOn(key);
}

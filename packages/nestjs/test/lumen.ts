import { customProvider, ApiKeyManager, type CustomProvider, type KeyManagerOptions } from '@api-key-fallback/core';
import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';

export const lumen: CustomProvider<'lumen'> = customProvider('lumen');

export const lumenKeys: readonly string[] = ['sk-example-first-00001', 'sk-example-second-0001'];

export const lumenAdapter: ProviderAdapter = defineAdapter({
  name: lumen,
  displayName: 'Lumen',
  env: 'LUMEN_API_KEY',
  classifyError: () => undefined,
});

/** A manager of two keys. */
export function lumenManager(options: KeyManagerOptions = {}): ApiKeyManager {
  const keys = lumenKeys.map((key, index) => ({ key, label: `LUMEN_${index + 1}` }));
  return new ApiKeyManager(lumenAdapter, keys, { store: false, retryBudget: false, ...options });
}

/** What Lumen's client throws when it is asked too often. */
export function rateLimited(retryAfter = '60'): Error {
  return Object.assign(new Error('Too many requests'), { status: 429, headers: { 'retry-after': retryAfter } });
}

import { ApiKeyManager, customProvider, type KeyManagerOptions } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import type { Scheme } from '../scheme.ts';

const adapter = defineAdapter({
  name: customProvider('goodput'),
  displayName: 'Model',
  env: 'GOODPUT_API_KEY',
  classifyError: () => undefined,
});

/** This library with one of its strategies and default options. */
export function ours(strategy: NonNullable<KeyManagerOptions['strategy']> & string): Scheme {
  return {
    name: `ours, ${strategy}`,
    start({ keys, maxRetries, delayMs, timeoutMs, limits, store }) {
      const own = { strategy, store: store ?? false, logger: false, ...(limits ? { limits } : {}) } as const;
      const manager = new ApiKeyManager(adapter, keys, own);
      const timeouts = timeoutMs === undefined ? {} : { attemptTimeout: timeoutMs };
      const options = { maxRetries, delay: delayMs, ...timeouts };
      return (ask) => manager.retryWithFallback((key, { signal }) => ask(key, signal), options);
    },
  };
}

import {
  ApiKeyManager,
  type ApiKeyInput,
  customProvider,
  type CustomProvider,
  type KeyManagerOptions,
  type Logger,
} from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';

export const provider: CustomProvider<'bench'> = customProvider('bench');

/** An adapter that leaves every error to core's rules. */
const benchAdapter = defineAdapter({
  name: 'bench',
  displayName: 'Bench',
  env: 'BENCH_API_KEY',
  classifyError: () => undefined,
  createClient: () => ({}),
});

/** Makes this many keys, the same ones each time. */
export function fakeKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `test-key-number-${index + 1}`);
}

/** Discards the lines. Writing to the console would dominate the measurement. */
const discardingLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A key manager with default options: events and counters on, no listener, log level `warn`. */
export function benchManager(
  keys: readonly ApiKeyInput[] = fakeKeys(4),
  options: KeyManagerOptions = {},
): ApiKeyManager {
  return new ApiKeyManager(benchAdapter, keys, {
    logger: discardingLogger,
    logLevel: 'warn',
    store: false,
    ...options,
  });
}

import {
  ApiKeyManager,
  customProvider,
  type CustomProvider,
  type KeyManagerOptions,
  type Logger,
} from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';

export const provider: CustomProvider<'bench'> = customProvider('bench');

/** A provider of its own, without an adapter's word on any error. */
const benchAdapter = defineAdapter({
  name: 'bench',
  displayName: 'Bench',
  env: 'BENCH_API_KEY',
  classifyError: () => undefined,
  createClient: () => ({}),
});

/** As many keys as asked for, the same ones each time. */
export function fakeKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `test-key-number-${index + 1}`);
}

/** Takes the lines as a log does; the console would be most of what is measured. */
const unreadLog: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A manager with default options; events and counters are on, nobody listens, and warnings are logged. */
export function benchManager(keys: readonly string[] = fakeKeys(4), options: KeyManagerOptions = {}): ApiKeyManager {
  return new ApiKeyManager(benchAdapter, keys, { logger: unreadLog, logLevel: 'warn', store: false, ...options });
}

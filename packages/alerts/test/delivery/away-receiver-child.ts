// A process whose keys fail and whose receiver is away. It never closes its watch, and has nothing to do after its call.
import { ApiKeyManager, customProvider, KeyFailedError } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import { watchKeys, webhook } from '@api-key-fallback/alerts';

const adapter = defineAdapter({
  name: customProvider('acme'),
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError: () => undefined,
});
const manager = new ApiKeyManager(adapter, ['key-of-acme-number-0001', 'key-of-acme-number-0002'], {
  logger: false,
  store: false,
});
const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
const line = (text: string) => process.send?.({ line: text });
watchKeys({
  managers: [manager],
  channels: [
    webhook(process.argv[2]),
    () => {
      fail();
      throw new Error('The receiver is away.');
    },
  ],
  groupWaitMs: 0,
  rules: { 'provider.exhausted': { forMs: 0 } },
  logger: { debug: line, info: line, warn: line, error: line },
});
await manager
  .retryWithFallback(() => {
    throw new KeyFailedError('invalid-key');
  })
  .catch(() => {});
// The alerts alone would not keep the process until the first try. The next ones are due in seconds.
const alive = setInterval(() => {}, 1000);
await failed;
clearInterval(alive);

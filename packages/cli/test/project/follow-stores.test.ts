import { ApiKeyManager, MemoryStore, type KeyStateStore } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { followStores } from '../../src/project/follow-stores.ts';

const adapter = { name: 'acme', displayName: 'Acme', env: 'ACME_API_KEY', classifyError: () => undefined };
const key = 'acme-0123456789abcdefghij';

/** A store that can be switched off. */
function switchedStore(): { readonly store: KeyStateStore; switchOff(): void } {
  const memory = new MemoryStore();
  let isOff = false;
  const store: KeyStateStore = {
    kind: 'switched',
    sync: (request) => (isOff ? Promise.reject(new Error('off')) : memory.sync(request)),
    subscribe: (...request) => memory.subscribe(...request),
    lease: (...request) => memory.lease(...request),
    close: () => memory.close(),
  };
  return { store, switchOff: () => (isOff = true) };
}

it('says that a store does not have what a closed manager knows', async () => {
  const { store, switchOff } = switchedStore();
  const manager = new ApiKeyManager(adapter, [key], { store, logger: false });
  const away = followStores([manager]);
  await manager.ready();
  expect(away()).toBeUndefined();
  switchOff();
  manager.disable(key);
  await manager.close();
  expect(manager.status().store?.isAway).toBe(false);
  expect(away()).toBe('switched');
});

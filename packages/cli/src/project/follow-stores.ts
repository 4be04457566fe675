import type { ApiKeyManager } from '@api-key-fallback/core';

/**
 * Follows whether the last exchange of a manager with its store failed, also while the manager is closed: its status does not say so then.
 * Returns a function that names the kind of such a store.
 */
export function followStores(managers: readonly ApiKeyManager[]): () => string | undefined {
  const away = new Map<ApiKeyManager, string>();
  for (const manager of managers) {
    const { store } = manager.status();
    if (store?.isAway) away.set(manager, store.kind);
    manager.on('store.failed', ({ store: kind }) => away.set(manager, kind));
    manager.on('store.recovered', () => away.delete(manager));
  }
  return () => away.values().next().value;
}

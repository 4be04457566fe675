import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiKeyManager, MemoryStore, registry, type KeyManagerOptions } from '@api-key-fallback/core';
import type { SyncReply, SyncRequest } from '@api-key-fallback/core/store';
import { collectKeyMetrics, metricsHandler } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { acmeAdapter, acmeKey, callWhile } from '../acme-manager.ts';

class UnreliableStore extends MemoryStore {
  isAway = true;

  override sync(request: SyncRequest): Promise<SyncReply> {
    return this.isAway ? Promise.reject(new Error('away')) : super.sync(request);
  }
}

const list = [acmeKey('main'), acmeKey('spare')];

function register(keys: ConstructorParameters<typeof ApiKeyManager>[1], options: KeyManagerOptions): ApiKeyManager {
  const manager = new ApiKeyManager(acmeAdapter, keys, { logger: false, retryBudget: false, ...options });
  registry.register(manager);
  return manager;
}

/** A service whose keys, store and key source fail in every way that a rule warns of, with a server of its metrics. */
export class FailingService {
  readonly #store = new UnreliableStore();
  readonly #busy = register(list, { pool: 'busy', store: this.#store });
  readonly #out = register(list, { pool: 'out' });
  readonly #last = register(list, { pool: 'last' });
  readonly #full = register(list, { pool: 'full', limits: { requestsPerDay: 10 } });
  readonly #register = new Registry();
  readonly #stop = collectKeyMetrics({ register: this.#register });
  readonly #server = createServer(metricsHandler({ register: this.#register }).node);

  async start(): Promise<void> {
    register({ name: 'vault', load: () => list }, { pool: 'loaded' });
    register({ name: 'gone', load: () => Promise.reject(new Error('gone')) }, { pool: 'unloaded' });
    for (let call = 0; call < 19; call++) await callWhile(this.#full);
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  /** Where its metrics are, as host and port. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Makes calls on keys that fail. */
  async fail(): Promise<void> {
    for (let call = 0; call < 10; call++) {
      this.#busy.reset();
      await callWhile(this.#busy, { main: 'rate-limited' });
    }
    await callWhile(this.#out, { main: 'invalid-key', spare: 'invalid-key' });
    await callWhile(this.#last, { main: 'quota-exhausted' });
  }

  /** Repairs the keys and the store. */
  recover(): void {
    this.#store.isAway = false;
    for (const manager of registry.managers()) manager.reset();
  }

  async close(): Promise<void> {
    // Otherwise, managers would wait for it.
    this.#store.isAway = false;
    this.#stop();
    this.#server.close();
    this.#server.closeAllConnections();
    await registry.close();
  }
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiKeyManager, MemoryStore, registry, type ApiKeyInput, type KeyManagerOptions } from '@api-key-fallback/core';
import type { SyncReply, SyncRequest } from '@api-key-fallback/core/store';
import { collectKeyMetrics, metricsHandler } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { acmeAdapter, callWhile } from '../acme-manager.ts';

type ManagedKeys = ConstructorParameters<typeof ApiKeyManager>[1];

class UnreliableStore extends MemoryStore {
  isAway = true;

  override sync(request: SyncRequest): Promise<SyncReply> {
    return this.isAway ? Promise.reject(new Error('away')) : super.sync(request);
  }
}

/** Keys of a pool of its own, because pools with the same keys share what is known of them. */
function keysOf(pool: string): ApiKeyInput[] {
  return ['main', 'spare'].map((label) => ({ key: `${label}:${pool}:0123456789abcdef`, label }));
}

function register(pool: string, options: KeyManagerOptions = {}, keys: ManagedKeys = keysOf(pool)): ApiKeyManager {
  const manager = new ApiKeyManager(acmeAdapter, keys, { logger: false, retryBudget: false, pool, ...options });
  registry.register(manager);
  return manager;
}

/** A service whose keys, store and key source fail in every way that a rule warns of, with a server of its metrics. */
export class FailingService {
  readonly #store = new UnreliableStore();
  readonly #busy = register('busy', { store: this.#store });
  readonly #out = register('out');
  readonly #last = register('last');
  /** Nearly: each of its keys has 1 request left, so both can be used. */
  readonly #full = register('full', { limits: { requestsPerDay: 10 }, strategy: 'round-robin' });
  readonly #unloaded = register('unloaded', {}, { name: 'gone', load: () => this.#load() });
  readonly #register = new Registry();
  readonly #stop = collectKeyMetrics({ register: this.#register });
  readonly #server = createServer(metricsHandler({ register: this.#register }).node);

  #isBroken = true;

  async start(): Promise<void> {
    await register('loaded', {}, { name: 'vault', load: () => keysOf('loaded') }).ready();
    await this.#unloaded.ready();
    for (let call = 0; call < 18; call++) await callWhile(this.#full);
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

  /** Repairs the keys, the store and the key source. */
  async recover(): Promise<void> {
    this.#isBroken = false;
    this.#store.isAway = false;
    for (const manager of registry.managers()) manager.reset();
    await this.#unloaded.refreshKeys();
  }

  async close(): Promise<void> {
    // Otherwise, managers would wait for it.
    this.#store.isAway = false;
    this.#stop();
    this.#server.close();
    this.#server.closeAllConnections();
    await registry.close();
  }

  #load(): ApiKeyInput[] {
    if (this.#isBroken) throw new Error('gone');
    return keysOf('unloaded');
  }
}

import { InvalidOptionsError } from './errors.ts';
import type { PooledKey } from './pooled-key.ts';
import type { ProviderAdapter } from './provider-adapter.ts';

/** One client per key, made at first use. */
export class ClientCache<Client> {
  readonly #adapter: ProviderAdapter<Client>;
  readonly #options: object | undefined;
  readonly #observe: (key: PooledKey, response: unknown) => void;
  readonly #clients = new Map<PooledKey, Client | Promise<Client>>();

  constructor(
    adapter: ProviderAdapter<Client>,
    options: object | undefined,
    observe: (key: PooledKey, response: unknown) => void,
  ) {
    this.#adapter = adapter;
    this.#options = options;
    this.#observe = observe;
  }

  /** @throws InvalidOptionsError when the adapter makes no clients. */
  get(key: PooledKey): Client | Promise<Client> {
    const existing = this.#clients.get(key);
    if (existing !== undefined) return existing;
    const adapter = this.#adapter;
    if (!adapter.createClient) {
      throw new InvalidOptionsError(`The adapter of "${adapter.name}" makes no clients; use { inject: 'key' }.`);
    }
    const created = adapter.createClient(key.secret, this.#options, (response) => this.#observe(key, response));
    this.#clients.set(key, created);
    if (created instanceof Promise) {
      created.then(
        (client) => this.#clients.set(key, client),
        () => this.#clients.delete(key),
      );
    }
    return created;
  }

  /** The client made for this key, if there is one already. */
  peek(key: PooledKey): Client | Promise<Client> | undefined {
    return this.#clients.get(key);
  }

  has(value: unknown): boolean {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return isObject && [...this.#clients.values()].includes(value as Client);
  }

  clear(): void {
    this.#clients.clear();
  }
}

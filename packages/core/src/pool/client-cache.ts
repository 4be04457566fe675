import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** One client per key, made at first use. */
export class ClientCache<Client> {
  /** The manager's `clientOptions`. */
  readonly options: object | undefined;
  readonly #adapter: ProviderAdapter<Client>;
  readonly #observe: <R>(key: PooledKey, response: R) => R;
  readonly #clients = new Map<PooledKey, Client | Promise<Client>>();
  #known = new WeakSet<object>();

  constructor(
    adapter: ProviderAdapter<Client>,
    options: object | undefined,
    observe: <R>(key: PooledKey, response: R) => R,
  ) {
    this.#adapter = adapter;
    this.options = options;
    this.#observe = observe;
  }

  /** @throws InvalidOptionsError if the adapter has no `createClient`. */
  get(key: PooledKey): Client | Promise<Client> {
    const existing = this.#clients.get(key);
    if (existing !== undefined) return existing;
    const createClient = this.check();
    const created = createClient(key.reveal(), this.options, (response) => this.#observe(key, response));
    this.#keep(key, created);
    if (created instanceof Promise) {
      const isCurrent = () => this.#clients.get(key) === created;
      created.then(
        (client: Client) => isCurrent() && this.#keep(key, client),
        () => isCurrent() && this.#clients.delete(key),
      );
    }
    return created;
  }

  /** Returns the function that makes clients. @throws InvalidOptionsError if the adapter has no `createClient` */
  check(): NonNullable<ProviderAdapter<Client>['createClient']> {
    const adapter = this.#adapter;
    if (adapter.createClient) return adapter.createClient.bind(adapter);
    throw new InvalidOptionsError(`The adapter of "${adapter.name}" makes no clients; use { inject: 'key' }.`);
  }

  /** The client of this key; `undefined` while it does not exist yet. */
  ready(key: PooledKey): Client | undefined {
    const client = this.#clients.get(key);
    return client instanceof Promise ? undefined : client;
  }

  has(value: object): boolean {
    return this.#known.has(value);
  }

  /** Lets the client of a key go. Its running calls keep it. */
  drop(key: PooledKey): void {
    this.#clients.delete(key);
  }

  clear(): void {
    this.#clients.clear();
    this.#known = new WeakSet();
  }

  #keep(key: PooledKey, client: Client | Promise<Client>): void {
    hideContents(client, `[client of ${this.#adapter.displayName} key ${key.ref.ordinal}/${key.ref.total}]`);
    this.#clients.set(key, client);
    // A client that is not an object cannot be recognised: the caller may use the same value.
    if (Object(client) === client) this.#known.add(client as object);
  }
}

// A vendor's client holds its key in plain fields, which printing or serialising it would show.
function hideContents(client: unknown, shown: string): void {
  if (typeof client !== 'object' || client === null || client instanceof Promise) return;
  // Google's clients are frozen, but the objects in their fields are not.
  const holders = Object.isExtensible(client) ? [client] : Object.values(client).filter(isExtensible);
  for (const holder of holders) {
    for (const name of [Symbol.for('nodejs.util.inspect.custom'), 'toJSON']) {
      Object.defineProperty(holder, name, { value: () => shown, configurable: true });
    }
  }
}

function isExtensible(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.isExtensible(value);
}

import { shown, shownKind } from '../base/check-arguments.ts';
import { checkOption } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import {
  checkPoolName,
  checkProviderName,
  defaultPool,
  type KeyManagers,
  type ProviderName,
} from '../base/provider-name.ts';
import { checkTracer, type CallTracer } from '../events/call-tracer.ts';
import type { AnyListener } from '../events/events.ts';
import { poolOf, registeredPools } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import { explainDetached, withoutObject } from './explain-detached.ts';
import { checkOrigin, LazyPools, type LazyPoolsOptions } from './lazy-pools.ts';
import { followWith, ManagerFollowers, type RegistryEvents, type RegistryListener } from './manager-followers.ts';
import { ProviderPools } from './provider-pools.ts';
import { unknownPool, unknownProvider } from './unknown-name.ts';

/** The key manager type of a provider name: the one its adapter package declares, else `ApiKeyManager`. */
export type KeyManagerOf<P extends ProviderName> = P extends keyof KeyManagers ? KeyManagers[P] : ApiKeyManager;

/** The client type of a provider name, as `inject: 'client'` injects it. */
export type ClientOf<P extends ProviderName> = KeyManagerOf<P> extends ApiKeyManager<infer Client> ? Client : never;

/** What all copies of this package share. */
interface RegistryState {
  readonly providers: Map<string, ProviderPools>;
  readonly followers: ManagerFollowers;
}

const slot = Symbol.for('@api-key-fallback/core/registry@2');

const optionNames = new Set(['replace']);
const onceNames = new Set(['pool']);
const closeNames = new Set(['managers']);

/**
 * Maps provider names, and the names of their pools, to key managers. All copies of this package in a process share one `registry`.
 *
 * @example
 * registry.register(new OpenAIKeyManager([firstKey, secondKey]));
 * registry.register(new OpenAIKeyManager([thirdKey], { pool: 'batch' }));
 * registry.get('openai', 'batch').status();
 */
export class KeyManagerRegistry {
  readonly #providers: Map<string, ProviderPools>;
  readonly #followers: ManagerFollowers;

  constructor({ providers, followers }: RegistryState = newState()) {
    this.#providers = providers;
    this.#followers = followers;
  }

  /**
   * Registers a manager for its provider and pool. It replaces the adapter's default manager, and with `replace` another one.
   *
   * The new manager takes over what the replaced one knows of the same keys: their states, limits and usage. Calls that run on the
   * replaced manager end there.
   *
   * @throws InvalidOptionsError if another manager is registered for the provider and pool. Pass `{ replace: true }` to replace it.
   */
  register(manager: ApiKeyManager, options: { readonly replace?: boolean } = {}): void {
    const keys = poolOf(manager);
    checkOptionNames('options', options, optionNames, '{ replace: true }');
    const { provider, pool } = keys.origin;
    const pools = this.#poolsOf(provider);
    const registered = pools.registered(pool);
    if (registered && registered !== manager && options.replace !== true) {
      throw new InvalidOptionsError(
        `A key manager for ${shownPool(provider, pool)} is registered already. Pass { replace: true }, put all keys into one manager, ` +
          'give it a pool of its own with { pool }, or register it with registerOnce().',
      );
    }
    const before = pools.register(pool, manager);
    if (before && before !== manager) keys.takeOver(poolOf(before));
    this.#noteManagers();
  }

  /**
   * Registers the manager that `create` returns, unless a manager is registered for the provider and pool: for a module that is
   * evaluated more than once. Returns the registered manager.
   *
   * @throws InvalidOptionsError if `create` returns anything but a manager of this provider and pool.
   * @example
   * const manager = registry.registerOnce('openai', () => OpenAIKeyManager.fromEnv({ strategy: 'round-robin' }));
   */
  registerOnce<P extends ProviderName>(
    provider: P,
    create: () => KeyManagerOf<P>,
    options: { readonly pool?: string } = {},
  ): KeyManagerOf<P> {
    checkProviderName('The name of a provider', provider);
    checkCreate(create);
    checkOptionNames('options', options, onceNames, "{ pool: 'tenant-a' }");
    const { pool = defaultPool } = options;
    checkPoolName('"pool"', pool);
    if (!this.has(provider, pool)) {
      const manager: ApiKeyManager = create();
      checkOrigin('registerOnce', poolOf(manager).origin, { provider, pool });
      this.register(manager);
    }
    return this.get(provider, pool);
  }

  /**
   * Registers a factory for a provider's default manager; for adapter packages. Ignored if the provider has a default pool already.
   *
   * @throws InvalidOptionsError for a name that no provider can have.
   */
  registerDefault(provider: string, create: () => ApiKeyManager): void {
    checkProviderName('The name of a provider', provider);
    checkCreate(create);
    this.#poolsOf(provider).createDefault(create);
  }

  /**
   * Makes the pools of a provider at their first use, for services with thousands of tenants. `create` gets the name of a pool and
   * returns its manager, or `undefined` if the pool does not exist. `create` must not be async. To load keys, give the manager a
   * function that loads them.
   *
   * Closes pools that are idle, or the least recently used ones if there are too many. The next use makes a closed pool again; without
   * a store its keys start fresh. The default pool is never made.
   *
   * @throws InvalidOptionsError for an invalid option, or a second function for the provider without `{ replace: true }`.
   * @example
   * const createPool = (pool: string) => (tenants.has(pool) ? new OpenAIKeyManager(() => keysOf(pool), { pool }) : undefined);
   * registry.registerPools('openai', createPool, { max: 500 });
   */
  registerPools<P extends ProviderName>(
    provider: P,
    create: (pool: string) => KeyManagerOf<P> | undefined,
    options: LazyPoolsOptions = {},
  ): void {
    checkProviderName('The name of a provider', provider);
    checkCreate(create, '(pool) => new OpenAIKeyManager(keysOf(pool), { pool })');
    const lazy = new LazyPools(provider, create, options, () => this.#noteManagers());
    const pools = this.#poolsOf(provider);
    if (pools.isLazy && options.replace !== true) {
      throw new InvalidOptionsError(
        `registerPools() was called for "${provider}" already. Pass { replace: true } to replace its function; open pools stay.`,
      );
    }
    pools.createLazily(lazy);
  }

  /**
   * Returns the manager of a provider and pool. Makes the default manager, and pools of `registerPools()`, at the first call.
   *
   * @throws UnknownProviderError for an unknown name; the message lists the known ones.
   * @throws NoApiKeysError if the default manager finds no key.
   */
  get<P extends ProviderName>(provider: P, pool: string = defaultPool): KeyManagerOf<P> {
    if ((this as unknown) === undefined) throw withoutObject('registry', 'get');
    const pools = this.#providers.get(provider);
    if (!pools) throw unknownProvider(provider, this.list());
    const manager = pools.get(pool);
    if (!manager) throw unknownPool(provider, pool, pools.names, pools.isLazy);
    return manager as KeyManagerOf<P>;
  }

  /** Whether a manager is registered for a provider and pool. One that is made at first use does not count; see `isKnown`. */
  has(provider: string, pool: string = defaultPool): boolean {
    return this.#providers.get(provider)?.registered(pool) !== undefined;
  }

  /** Whether a provider has a manager or a default. With a pool: whether it has this pool now. Creates nothing. */
  isKnown(provider: string, pool?: string): boolean {
    const pools = this.#providers.get(provider);
    return (pool === undefined ? pools?.isKnown : pools?.names.includes(pool)) ?? false;
  }

  /** Returns the names of all providers, including those whose default manager is not created yet. */
  list(): string[] {
    return [...this.#providers.keys()].filter((provider) => this.isKnown(provider));
  }

  /** Returns the names of the pools that a provider has now, without those that `registerPools()` can still make. */
  pools(provider: string): string[] {
    return this.#providers.get(provider)?.names ?? [];
  }

  /**
   * Removes a provider with its default and all its pools; with `pool` only that pool. Closes nothing. Returns whether there was one.
   */
  unregister(provider: string, pool?: string): boolean {
    const pools = this.#providers.get(provider);
    if (!pools) return false;
    const wasKnown = pool === undefined || pools.remove(pool);
    if (pool === undefined) {
      pools.clear();
      this.#providers.delete(provider);
    }
    this.#noteManagers();
    return wasKnown;
  }

  /** Returns the managers that there are now, of all providers and pools. Creates none. */
  managers(): ApiKeyManager[] {
    return [...this.#providers.values()].flatMap(({ managers }) => managers);
  }

  /**
   * Calls the listener at each event of this name, of all managers that there are and will be, and of the registry itself: `registered`
   * and `unregistered`. With `*` at each event. Returns a function that removes the listener.
   *
   * @throws InvalidOptionsError for an unknown event name, or a listener that is not a function.
   * @example
   * registry.on('keys.exhausted', ({ provider, reason }) => console.error(`No key of ${provider} is left: ${reason}`));
   */
  on(name: '*', listener: AnyListener<RegistryEvents>): () => void;
  // A listener with one parameter does not fit a union of pairs.
  on(name: '*', listener: (name: keyof RegistryEvents) => unknown): () => void;
  on<Name extends keyof RegistryEvents>(name: Name, listener: RegistryListener<Name>): () => void;
  on(name: keyof RegistryEvents | '*', listener: (...event: never) => unknown): () => void {
    return this.#followers.add(followWith(name, listener), this.managers());
  }

  /**
   * Traces the calls of all managers that there are and will be. Returns a function that ends it; calls that run then stay traced.
   *
   * @throws InvalidOptionsError for anything but a tracer.
   * @example
   * const stop = registry.trace({
   *   traceCall(call, run) {
   *     call.onEnd(({ outcome, durationMs }) => console.log(call.provider, call.methodName, outcome, durationMs));
   *     return run();
   *   },
   * });
   */
  trace(tracer: CallTracer): () => void {
    checkTracer('tracer', tracer);
    return this.#followers.add((manager) => manager.trace(tracer), this.managers());
  }

  /**
   * Closes all managers, or those of the list, and unregisters them: for the shutdown of a service. Resolves when the stores have what
   * they lack, or after a few seconds if they are away. Running calls continue. Defaults of adapter packages stay, and are made again at
   * their next use.
   *
   * @throws InvalidOptionsError for anything but a list of key managers.
   * @example
   * process.once('SIGTERM', async () => {
   *   await server.close();
   *   await registry.close();
   * });
   */
  async close(options: { readonly managers?: readonly ApiKeyManager[] } = {}): Promise<void> {
    checkOptionNames('options', options, closeNames, '{ managers: [manager] }');
    const { managers = this.managers() } = options;
    checkOption(Array.isArray(managers), 'managers', managers, 'a list of key managers, such as [manager]');
    for (const manager of managers) poolOf(manager);
    const closed = await Promise.allSettled(managers.map((manager) => manager.close()));
    for (const manager of managers) this.#providers.get(manager.provider)?.forget(manager);
    for (const [provider, { isKnown }] of this.#providers) if (!isKnown) this.#providers.delete(provider);
    this.#noteManagers();
    for (const each of closed) if (each.status === 'rejected') throw each.reason;
  }

  #noteManagers(): void {
    this.#followers.update(() => this.managers());
  }

  #poolsOf(provider: string): ProviderPools {
    const pools = this.#providers.get(provider) ?? new ProviderPools(() => this.#noteManagers());
    this.#providers.set(provider, pools);
    return pools;
  }
}

explainDetached(KeyManagerRegistry.prototype, 'registry', 'get');

/** @throws InvalidOptionsError for anything but a function, and for a class. */
function checkCreate(create: unknown, instead = '() => OpenAIKeyManager.fromEnv()'): void {
  const kind = shownKind(create);
  if (kind === 'a function') return;
  throw new InvalidOptionsError(
    `Expected a function that returns a key manager; the value is ${kind}. Write ${instead}.`,
  );
}

function newState(): RegistryState {
  return { providers: new Map(), followers: new ManagerFollowers() };
}

/** A provider, with its pool if that is not the default one, in a message. */
function shownPool(provider: string, pool: string): string {
  return pool === defaultPool ? `"${provider}"` : `the pool ${shown(pool)} of "${provider}"`;
}

/**
 * The process-wide registry in which `@retryWithApiKeyFallback({ provider })` looks up its manager.
 *
 * @example
 * registry.register(new OpenAIKeyManager([firstKey, secondKey]));
 */
export const registry: KeyManagerRegistry = new KeyManagerRegistry(
  ((globalThis as { [slot]?: RegistryState })[slot] ??= newState()),
);

registeredPools.find = (provider, pool) => poolOf(registry.get(provider as ProviderName, pool));

import { defaultPool } from '../base/provider-name.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import type { LazyPools } from './lazy-pools.ts';

/** The managers of one provider: those that were registered, its default one, and those of the pools that are made at first use. */
export class ProviderPools {
  /** Pool → its manager, as `register()` got it. */
  readonly #registered = new Map<string, ApiKeyManager>();
  /** Creates the manager of the default pool at first use. */
  #create: (() => ApiKeyManager) | undefined;
  /** The manager that `#create` has returned. */
  #created: ApiKeyManager | undefined;
  #lazy: LazyPools | undefined;
  readonly #onCreate: () => void;

  /** `onCreate` is called when the manager of the default pool was made. */
  constructor(onCreate: () => void) {
    this.#onCreate = onCreate;
  }

  /** Whether pools are made at first use. */
  get isLazy(): boolean {
    return this.#lazy !== undefined;
  }

  /** Whether there is a pool now, or one can be made at first use. */
  get isKnown(): boolean {
    return this.isLazy || this.names.length > 0;
  }

  /** The names of the pools that there are now, with the default one that is not made yet. */
  get names(): string[] {
    const byDefault = this.#create ? [defaultPool] : [];
    return [...new Set([...byDefault, ...this.#registered.keys(), ...(this.#lazy?.names ?? [])])];
  }

  /** The managers that there are now. */
  get managers(): ApiKeyManager[] {
    const created = this.#created ? [this.#created] : [];
    return [...created, ...this.#registered.values(), ...(this.#lazy?.managers ?? [])];
  }

  /** Returns the registered manager of a pool. */
  registered(pool: string): ApiKeyManager | undefined {
    return this.#registered.get(pool);
  }

  /** Registers the manager of a pool. Returns the one that it replaces. */
  register(pool: string, manager: ApiKeyManager): ApiKeyManager | undefined {
    const before = this.#registered.get(pool) ?? (pool === defaultPool ? this.#created : this.#lazy?.take(pool));
    this.#registered.set(pool, manager);
    if (pool === defaultPool) this.#create = this.#created = undefined;
    return before;
  }

  /** Makes the default pool at its first use, unless there is one or a way to make one. */
  createDefault(create: () => ApiKeyManager): void {
    if (!this.#registered.has(defaultPool)) this.#create ??= create;
  }

  /** Makes other pools at their first use. Those that are open already stay. */
  createLazily(lazy: LazyPools): void {
    const before = this.#lazy;
    this.#lazy = lazy;
    if (before) lazy.takeOver(before);
  }

  /** Returns the manager of a pool, and makes it at the first use. */
  get(pool: string): ApiKeyManager | undefined {
    const registered = this.#registered.get(pool);
    if (registered) return registered;
    if (pool !== defaultPool) return this.#lazy?.get(pool);
    if (!this.#created && this.#create) {
      const manager = this.#create();
      poolOf(manager);
      this.#created = manager;
      this.#onCreate();
    }
    return this.#created;
  }

  /** Removes a manager, but not the default that has made it. */
  forget(manager: ApiKeyManager): void {
    const { pool } = manager;
    if (this.#created === manager) this.#created = undefined;
    if (this.#registered.get(pool) === manager) this.#registered.delete(pool);
    if (this.#lazy?.managers.includes(manager)) this.#lazy.take(pool);
  }

  /** Removes a pool, also the default that can make it. Returns whether there was one. */
  remove(pool: string): boolean {
    const isDefault = pool === defaultPool && this.#create !== undefined;
    if (isDefault) this.#create = this.#created = undefined;
    return [isDefault, this.#registered.delete(pool), this.#lazy?.take(pool) !== undefined].includes(true);
  }

  /** Lets go of the pools that were made at first use. */
  clear(): void {
    this.#lazy?.clear();
  }
}

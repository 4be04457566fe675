import { registry, type ApiKeyManager } from '@api-key-fallback/core';
import { poolIdOf } from '../protocol/pool-head.ts';
import { WatchedPool, type PoolContext } from './watched-pool.ts';

/** The number of removed pools whose history is kept, because idle pools of `registerPools()` are registered again. */
const mostGone = 100;

/** The pools of a list of managers, or of all managers that are registered at the time. */
export class FollowedPools {
  readonly #context: PoolContext;
  readonly #listed: readonly ApiKeyManager[] | undefined;
  /** Of several managers of one pool, the last one counts. */
  readonly #pools = new Map<string, WatchedPool>();
  readonly #gone = new Map<string, WatchedPool>();
  readonly #stops: (() => void)[] = [];
  #all: readonly WatchedPool[] | undefined;

  constructor(listed: readonly ApiKeyManager[] | undefined, context: PoolContext) {
    this.#listed = listed;
    this.#context = context;
    for (const manager of this.#managers) this.#add(manager);
    if (listed) return;
    this.#stops.push(
      registry.on('registered', ({ manager }) => this.#add(manager)),
      registry.on('unregistered', ({ manager }) => this.#remove(manager)),
    );
  }

  /** In the order of their managers. */
  get all(): readonly WatchedPool[] {
    this.#all ??= [...new Set(this.#managers.map(poolIdOf))].flatMap((id) => this.#pools.get(id) ?? []);
    return this.#all;
  }

  find(provider: string, pool: string): WatchedPool | undefined {
    return this.#pools.get(poolIdOf({ provider, pool }));
  }

  /** Ends all listening. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const pool of this.#pools.values()) pool.stop();
  }

  get #managers(): readonly ApiKeyManager[] {
    return this.#listed ?? registry.managers();
  }

  #add(manager: ApiKeyManager): void {
    const id = poolIdOf(manager);
    const known = this.#pools.get(id) ?? this.#gone.get(id);
    if (this.#pools.has(id) && known?.manager === manager) return;
    this.#all = undefined;
    known?.replaceManager(manager);
    this.#gone.delete(id);
    this.#pools.set(id, known ?? new WatchedPool(manager, this.#context));
  }

  #remove(manager: ApiKeyManager): void {
    const id = poolIdOf(manager);
    const pool = this.#pools.get(id);
    // Another manager may have replaced it already.
    if (!pool || pool.manager !== manager) return;
    this.#all = undefined;
    pool.stop();
    this.#pools.delete(id);
    this.#gone.set(id, pool);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size <= mostGone || oldest === undefined) return;
    this.#gone.delete(oldest);
    this.#context.series.delete(oldest);
  }
}

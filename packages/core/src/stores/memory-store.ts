import { shown } from '../base/check-arguments.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from './key-state-store.ts';
import { MemoryLeases } from './memory-leases.ts';
import { MemoryPool } from './memory-pool.ts';
import { UsageTotals } from './usage-totals.ts';

interface StoredPool {
  readonly health: MemoryPool;
  readonly usage: UsageTotals;
  readonly leases: MemoryLeases;
}

const optionNames = new Set(['now']);

/**
 * Keeps state in the memory of this process. Managers that receive the same store share it.
 *
 * @example
 * const store = new MemoryStore();
 * const chat = new OpenAIKeyManager(['key-1', 'key-2'], { store });
 * const batch = new OpenAIKeyManager(['key-2', 'key-3'], { store });
 */
export class MemoryStore implements KeyStateStore {
  readonly kind = 'memory';
  readonly #pools = new Map<string, StoredPool>();
  readonly #now: () => number;

  /**
   * `now` is the clock of the store, in ms since the epoch; for tests. @default Date.now
   *
   * @throws InvalidOptionsError for an option that is unknown or not a function.
   */
  constructor(options: { readonly now?: () => number } = {}) {
    checkOptionNames('options', options, optionNames);
    const { now = Date.now } = options;
    if (typeof now !== 'function') throw new InvalidOptionsError(`"now" must be a function; it is ${shown(now)}.`);
    this.#now = now;
  }

  async sync({ pool, instance, facts, counters, withTotals, seen }: SyncRequest): Promise<SyncReply> {
    const { health, usage } = this.#pool(pool);
    const now = this.#now();
    usage.dropExpired(now);
    health.merge(instance, facts, now);
    for (const window of counters) usage.merge(instance, window);
    const asked = withTotals ? counters : [];
    const totals = new Map(asked.map(({ window }) => [window, usage.totals(window)]));
    return { now, cursor: health.cursor, ...health.changesSince(seen), totals };
  }

  async subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    const { listeners } = this.#pool(pool).health;
    listeners.add(on);
    return async () => void listeners.delete(on);
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    return this.#pool(pool).leases.take(name, ttlMs);
  }

  async readNote(pool: string, name: string): Promise<string | undefined> {
    return this.#pool(pool).leases.note(name);
  }

  async close(): Promise<void> {
    for (const { health } of this.#pools.values()) health.listeners.clear();
  }

  #pool(name: string): StoredPool {
    const known = this.#pools.get(name);
    if (known) return known;
    const pool = { health: new MemoryPool(), usage: new UsageTotals(), leases: new MemoryLeases(this.#now) };
    this.#pools.set(name, pool);
    return pool;
  }
}

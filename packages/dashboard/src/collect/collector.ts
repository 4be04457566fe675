import type { ApiKeyManager, Runtime } from '@api-key-fallback/core';
import { createRuntime, type FullRuntime } from '@api-key-fallback/core/adapter';
import { KeptSeries } from '../history/kept-series.ts';
import { Feed } from './feed.ts';
import { FollowedPools } from './followed-pools.ts';
import { RefreshTurns } from './refresh-turns.ts';
import type { PoolContext, WatchedPool } from './watched-pool.ts';

const sampleMs = 10_000;

/** Options of a {@link Collector}. */
export interface CollectorOptions {
  /** The key managers to watch. @default all of the registry, also those registered later */
  readonly managers?: readonly ApiKeyManager[];
  /** Replaces the clock and the timers, for tests. */
  readonly runtime?: Partial<Runtime>;
}

/**
 * Collects the status, the events and the history of the pools of keys. The history is that of this process.
 *
 * It samples all pools every 10 s, those that have changed whenever a document is built, and those that it shows. It does not keep
 * the process alive.
 */
export class Collector {
  /** The last events of all pools. */
  readonly feed: Feed;
  /** Since when the history is kept, in ms since the epoch. */
  readonly historySinceMs: number;
  readonly #runtime: FullRuntime;
  readonly #pools: FollowedPools;
  readonly #turns: RefreshTurns;
  #cancelTimer: () => void = () => {};
  #isClosed = false;

  constructor({ managers, runtime }: CollectorOptions = {}) {
    this.#runtime = createRuntime(runtime);
    this.historySinceMs = this.#runtime.now();
    this.feed = new Feed(() => this.#runtime.now());
    this.#turns = new RefreshTurns(this.#runtime);
    const context: PoolContext = {
      runtime: this.#runtime,
      feed: this.feed,
      series: new KeptSeries(),
      onChange: (pool) => this.#turns.add(pool),
    };
    this.#pools = new FollowedPools(managers, context);
    this.#startTimer();
  }

  /** The time in ms since the epoch. */
  now(): number {
    return this.#runtime.now();
  }

  /** The pools as they were last seen, in the order of their managers. One whose manager cannot be read is left out. */
  get pools(): readonly WatchedPool[] {
    return this.#pools.all.filter(({ isReadable }) => isReadable);
  }

  /** Brings the shown pools up to date, and those that have changed. If these are very many, the last ones take a moment. */
  refresh(shown: readonly WatchedPool[]): void {
    for (const pool of shown) {
      pool.refresh();
      this.#turns.delete(pool);
    }
    for (const pool of this.#pools.all) if (!pool.isReadable) this.#turns.add(pool);
    this.#turns.take();
  }

  /** The manager of a pool; `undefined` if there is no such pool. */
  managerOf(provider: string, pool: string): ApiKeyManager | undefined {
    return this.#pools.find(provider, pool)?.manager;
  }

  /** Ends the timer and all listening. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#turns.close();
    this.#pools.stop();
  }

  /** Samples at the next whole 10 s, where the points of charts begin. */
  #startTimer(): void {
    const inMs = sampleMs - (this.#runtime.now() % sampleMs);
    this.#cancelTimer = this.#runtime.timer(inMs, () => this.#sample(), true);
  }

  #sample(): void {
    if (this.#isClosed) return;
    for (const pool of this.#pools.all) this.#turns.add(pool);
    this.#turns.take();
    this.#startTimer();
  }
}

import type { ApiKeyManager, Runtime } from '@api-key-fallback/core';
import { createRuntime, type FullRuntime } from '@api-key-fallback/core/adapter';
import { KeptSeries } from '../history/kept-series.ts';
import { Feed } from './feed.ts';
import { FollowedPools } from './followed-pools.ts';
import type { WatchedPool } from './watched-pool.ts';

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
 * It samples all pools every 10 s, and whenever a document is built. It does not keep the process alive.
 */
export class Collector {
  /** The last events of all pools. */
  readonly feed: Feed;
  /** Since when the history is kept, in ms since the epoch. */
  readonly historySinceMs: number;
  readonly #runtime: FullRuntime;
  readonly #pools: FollowedPools;
  #cancelTimer: () => void = () => {};
  #isClosed = false;

  constructor({ managers, runtime }: CollectorOptions = {}) {
    this.#runtime = createRuntime(runtime);
    this.historySinceMs = this.#runtime.now();
    this.feed = new Feed(() => this.#runtime.now());
    const context = { runtime: this.#runtime, feed: this.feed, series: new KeptSeries() };
    this.#pools = new FollowedPools(managers, context);
    this.#startTimer();
  }

  /** The time in ms since the epoch. */
  now(): number {
    return this.#runtime.now();
  }

  /** The pools, up to date, in the order of their managers. One whose manager cannot be read is left out. */
  get pools(): readonly WatchedPool[] {
    return this.#pools.all.filter((pool) => pool.refresh());
  }

  /** The manager of a pool; `undefined` if there is no such pool. */
  managerOf(provider: string, pool: string): ApiKeyManager | undefined {
    return this.#pools.find(provider, pool)?.manager;
  }

  /** Ends the timer and all listening. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#pools.stop();
  }

  /** Samples at the next whole 10 s, where the points of charts begin. */
  #startTimer(): void {
    const inMs = sampleMs - (this.#runtime.now() % sampleMs);
    this.#cancelTimer = this.#runtime.timer(inMs, () => this.#sample(), true);
  }

  #sample(): void {
    if (this.#isClosed) return;
    for (const pool of this.#pools.all) pool.refresh();
    this.#startTimer();
  }
}

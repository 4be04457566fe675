import { FileStore, type ApiKeyManager } from '@api-key-fallback/core';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { setTimeout } from 'node:timers/promises';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { CountingStore } from './counting-store.ts';

/** The place that replicas share: the URL of a Redis server, or a directory. */
export type Place = { readonly url: string } | { readonly directory: string };

function storeAt(place: Place): KeyStateStore {
  if ('directory' in place) return new FileStore(place.directory);
  return new RedisStore(new Redis(place.url, { lazyConnect: true }));
}

/** A time that other processes of this machine can compare with theirs, in ms. */
export function sharedTimeMs(): number {
  return performance.timeOrigin + performance.now();
}

/** One manager with a store and connections of its own, as a process of its own would have. */
export class Replica {
  readonly manager: ApiKeyManager;
  readonly store: CountingStore;
  /** Calls with the first keys of the list are refused, with this wait. */
  refusal: { readonly keys: number; readonly waitSeconds: number } | undefined;
  /** How many keys have recovered. */
  recovered = 0;
  /** When a cooldown was first seen, by key. */
  readonly seenAtMs = new Map<number, number>();
  readonly #stopped = new AbortController();

  constructor(place: Place, keys: number) {
    this.store = new CountingStore(storeAt(place));
    this.manager = benchManager(fakeKeys(keys), { store: this.store, strategy: 'round-robin' });
    this.manager.on('key.recovered', () => this.recovered++);
    this.manager.on('key.cooled-down', ({ key }) => this.seenAtMs.set(key.ordinal - 1, sharedTimeMs()));
  }

  /** Makes one call, which may fail. */
  async call(): Promise<void> {
    await this.manager.retryWithFallback((key) => this.#answer(key)).catch(() => {});
  }

  /** Makes calls at a steady pace until `close()`. */
  async keepCalling(everyMs: number): Promise<void> {
    const { signal } = this.#stopped;
    await setTimeout(Math.random() * everyMs, undefined, { signal }).catch(() => {});
    while (!signal.aborted) {
      await this.call();
      await setTimeout(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Closes the manager. Returns the time that took, in ms. */
  async close(): Promise<number> {
    this.#stopped.abort();
    const start = performance.now();
    await this.manager.close();
    return performance.now() - start;
  }

  /** The end of each key's cooldown, in ms since the epoch; 0 for a key that can be used. */
  ends(): number[] {
    return this.manager.status().keys.map(({ availableAtMs = 0 }) => availableAtMs);
  }

  async #answer(key: string): Promise<string> {
    const { keys = 0, waitSeconds = 0 } = this.refusal ?? {};
    if (Number(key.slice(key.lastIndexOf('-') + 1)) > keys) return key;
    throw Object.assign(new Error('Too Many Requests'), {
      status: 429,
      headers: { 'retry-after': String(waitSeconds) },
    });
  }
}

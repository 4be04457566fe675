import { ApiKeyManager } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { describe, inject, it, type TestContext } from 'vitest';
import { RedisProcess } from '../../../test-support/redis-process.ts';

const replicas = 100;
const keys = Array.from({ length: 100 }, (_, index) => `key-${index + 1}`);
const soon = { timeout: 30_000, interval: 50 };

const adapter = defineAdapter({
  name: 'at-size',
  displayName: 'At size',
  env: 'AT_SIZE_API_KEY',
  classifyError: () => undefined,
});

/** A store that counts the facts in its requests. */
function countFacts(store: KeyStateStore, count: (facts: number) => void): KeyStateStore {
  return {
    kind: store.kind,
    sync(request, signal) {
      count(request.facts.size);
      return store.sync(request, signal);
    },
    subscribe: (pool, on) => store.subscribe(pool, on),
    lease: (pool, name, ttlMs) => store.lease(pool, name, ttlMs),
    close: () => store.close(),
  };
}

/** Managers with connections of their own, and a server for them. */
class Fleet {
  readonly managers: ApiKeyManager[] = [];
  readonly client: Redis;
  factsSent = 0;
  readonly #stores: KeyStateStore[] = [];
  readonly #server: RedisProcess;

  private constructor(server: RedisProcess) {
    this.#server = server;
    this.client = new Redis(server.url);
  }

  static async of({ onTestFinished }: TestContext): Promise<Fleet> {
    const fleet = new Fleet(await RedisProcess.start());
    onTestFinished(() => fleet.end());
    return fleet;
  }

  /** Starts managers, and waits until they have read the store. */
  async start(count: number): Promise<readonly ApiKeyManager[]> {
    const started = Array.from({ length: count }, () =>
      this.#manager(countFacts(this.#store(), (facts) => (this.factsSent += facts))),
    );
    this.managers.push(...started);
    await Promise.all(started.map((manager) => manager.ready()));
    return started;
  }

  async close(): Promise<void> {
    await Promise.all(this.managers.map((manager) => manager.close()));
  }

  /** The number of messages since `CONFIG RESETSTAT`. */
  async messages(): Promise<number> {
    const stats = await this.client.info('commandstats');
    return Number(/^cmdstat_publish:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
  }

  /** How many keys are out on each manager, in order, without repetition. */
  keysOut(): number[] {
    return [...new Set(this.managers.map((manager) => manager.getFailedKeys().length))];
  }

  /** How many keys are out for a manager that starts now. */
  async keysOutInRedis(): Promise<number> {
    const reader = this.#manager(this.#store());
    await reader.ready();
    const count = reader.getFailedKeys().length;
    await reader.close();
    return count;
  }

  /** Whether all managers give the same end to each cooldown. */
  hasOneTruth(): boolean {
    return keys.every((_, index) => {
      const ends = this.managers.map((manager) => manager.status().keys[index]?.availableAtMs ?? 0);
      // Shared ends are rounded up to a second.
      return Math.max(...ends) - Math.min(...ends) < 1100;
    });
  }

  async end(): Promise<void> {
    await this.close();
    await Promise.all(this.#stores.map((store) => store.close()));
    this.client.disconnect();
    await this.#server.stop();
  }

  #store(): KeyStateStore {
    const store = new RedisStore(new Redis(this.#server.url, { lazyConnect: true }));
    this.#stores.push(store);
    return store;
  }

  #manager(store: KeyStateStore): ApiKeyManager {
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    return new ApiKeyManager(adapter, keys, { store, logger, strategy: 'round-robin' });
  }
}

async function refuse(): Promise<never> {
  throw Object.assign(new Error('Too Many Requests'), { status: 429, headers: { 'retry-after': '600' } });
}

/** A call that finds that every key is refused. */
async function findAllRefused(manager: ApiKeyManager): Promise<void> {
  await manager.retryWithFallback(refuse).catch(() => {});
}

describe.skipIf(!inject('hasRedisServer'))('100 managers with 100 keys', () => {
  it('agree after all have found the same refusals, with few messages', async (context) => {
    const { expect } = context;
    const fleet = await Fleet.of(context);
    await fleet.start(replicas);
    await fleet.client.config('RESETSTAT');
    await Promise.all(fleet.managers.map(findAllRefused));
    expect(fleet.keysOut()).toEqual([keys.length]);
    await expect.poll(() => fleet.keysOutInRedis(), soon).toBe(keys.length);
    await expect.poll(() => fleet.hasOneTruth(), soon).toBe(true);
    expect(await fleet.messages()).toBeLessThanOrEqual(replicas + keys.length);
  });

  it('send no fact that the store has when they start', async (context) => {
    const { expect } = context;
    const fleet = await Fleet.of(context);
    const [first] = await fleet.start(1);
    await findAllRefused(first!);
    await expect.poll(() => fleet.keysOutInRedis(), soon).toBe(keys.length);
    fleet.factsSent = 0;
    await fleet.start(replicas - 1);
    // A change that all of them receive comes after what they send at their start.
    first!.reset(keys[0]);
    await expect.poll(() => fleet.keysOut(), soon).toEqual([keys.length - 1]);
    expect(fleet.factsSent).toBe(1);
  });

  it('fill an emptied server again, each fact about once', async (context) => {
    const { expect } = context;
    const fleet = await Fleet.of(context);
    const [first] = await fleet.start(replicas);
    await findAllRefused(first!);
    await expect.poll(() => fleet.keysOut(), soon).toEqual([keys.length]);
    await fleet.client.flushall();
    fleet.factsSent = 0;
    first!.reset(keys[0]);
    await expect.poll(() => fleet.keysOut(), soon).toEqual([keys.length - 1]);
    await expect.poll(() => fleet.keysOutInRedis(), soon).toBe(keys.length - 1);
    await fleet.close();
    expect(fleet.factsSent).toBeLessThanOrEqual(5 * keys.length);
  });

  it('lose no count when all close at once', async (context) => {
    const { expect } = context;
    const fleet = await Fleet.of(context);
    await fleet.start(replicas);
    for (const manager of fleet.managers) {
      for (let call = 0; call < keys.length; call++) await manager.retryWithFallback(async (key) => key);
    }
    await fleet.close();
    const [reader] = await fleet.start(1);
    const attempts = (): number =>
      reader!.status().keys.reduce((sum, { sharedUsage }) => sum + sharedUsage.attempts, 0);
    await expect.poll(attempts, soon).toBe(replicas * keys.length);
  });
});

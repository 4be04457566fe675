import { randomUUID } from 'node:crypto';
import { describeKeyStateStore } from '@api-key-fallback/testing/vitest';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createSentinel } from 'redis';
import { createSentinel as createSentinel5 } from 'redis-5';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { redisCli, RedisProcess, until } from '../../../test-support/redis-process.ts';
import { expectAtWork } from './expect-at-work.ts';
import { connected, fact, listen, request, works } from './store-requests.ts';

describe.skipIf(!inject('hasRedisServer'))('behind Sentinel', () => {
  let master: RedisProcess;
  let sentinel: RedisProcess;

  beforeAll(async () => {
    master = await RedisProcess.start();
    sentinel = await RedisProcess.startSentinel(master.port);
  }, 30_000);

  afterAll(async () => {
    await sentinel.stop();
    await master.stop();
  });

  const roots = () => [{ host: '127.0.0.1', port: sentinel.port }];
  const clients = {
    ioredis: () => new Redis({ sentinels: roots(), name: 'main', lazyConnect: true, keyPrefix: 'mine:' }),
    'node-redis': () => createSentinel({ name: 'main', sentinelRootNodes: roots() }),
  };

  for (const [name, makeClient] of Object.entries(clients)) {
    describeKeyStateStore(`RedisStore with a Sentinel client of ${name}`, () => {
      const prefix = `test-${randomUUID()}`;
      const client = makeClient();
      return { open: () => connected(new RedisStore(client, { prefix })) };
    });
  }

  it('works with a Sentinel client of ioredis 5', async () => {
    await expectAtWork(new Redis5({ sentinels: roots(), name: 'main', lazyConnect: true }));
  });

  it('works with a Sentinel client of node-redis 5, which cannot be duplicated, once it is connected', async () => {
    const client = createSentinel5({ name: 'main', sentinelRootNodes: roots() });
    client.on('error', () => {});
    const early = new RedisStore(client);
    await expect(early.sync(request())).rejects.toThrow('Redis is away: the Sentinel client is not connected');
    await early.close();
    await client.connect();
    await expectAtWork(client);
    await client.close();
  });

  it('finds the new master after a fail-over', { timeout: 30_000 }, async () => {
    const before = await RedisProcess.start();
    const after = await RedisProcess.start('--replicaof', '127.0.0.1', String(before.port));
    // A Sentinel discovers replicas when it starts, and then every ten seconds.
    await until(() => redisCli(after.port, 'INFO', 'replication').includes('master_link_status:up'), 'the replica');
    const watcher = await RedisProcess.startSentinel(before.port);
    const sentinels = [{ host: '127.0.0.1', port: watcher.port }];
    const stores = [
      new RedisStore(new Redis({ sentinels, name: 'main', lazyConnect: true })),
      new RedisStore(createSentinel({ name: 'main', sentinelRootNodes: sentinels })),
    ];
    for (const store of stores) await connected(store);
    const listeners = await Promise.all(stores.map((store) => listen(store)));

    await before.kill();
    for (const [index, store] of stores.entries()) await until(() => works(store, fact(`${index}`)), 'a store at work');
    expect(redisCli(after.port, 'HKEYS', 'akf:{openai}:1:s').split('\n').toSorted()).toEqual(['0', '1']);
    for (const { received } of listeners) await expect.poll(() => received.gaps, { timeout: 5000 }).toBeGreaterThan(1);

    await Promise.all(stores.map((store) => store.close()));
    await Promise.all([before, after, watcher].map((server) => server.stop()));
  });
});

import { randomUUID } from 'node:crypto';
import { describeKeyStateStore } from '@api-key-fallback/testing/vitest';
import { RedisStore } from '@api-key-fallback/redis';
import { Cluster } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis-5';
import { createCluster } from 'redis';
import { createCluster as createCluster5 } from 'redis-5';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { startCluster, type RedisProcess } from '../../../test-support/redis-process.ts';
import { expectAtWork } from './expect-at-work.ts';
import { connected } from './store-requests.ts';

describe.skipIf(!inject('hasRedisServer'))('on a cluster', () => {
  let nodes: readonly RedisProcess[] = [];

  beforeAll(async () => {
    nodes = await startCluster();
  }, 30_000);

  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  const rootNodes = () => nodes.map(({ url }) => ({ url }));
  const clusters = () => nodes.map(({ url }) => url);
  const clients = {
    ioredis: () => new Cluster(clusters(), { lazyConnect: true, redisOptions: { keyPrefix: 'mine:' } }),
    'node-redis': () => createCluster({ rootNodes: rootNodes() }),
  };

  for (const [name, makeClient] of Object.entries(clients)) {
    describeKeyStateStore(`RedisStore with a cluster of ${name}`, () => {
      const prefix = `test-${randomUUID()}`;
      const client = makeClient();
      return { open: () => connected(new RedisStore(client, { prefix })) };
    });
  }

  // The older versions run a short version of the suite.
  it.each(['ioredis 5', 'node-redis 5'])('works with a cluster of %s', async (name) => {
    const older = {
      'ioredis 5': () => new Cluster5(clusters(), { lazyConnect: true }),
      'node-redis 5': () => createCluster5({ rootNodes: rootNodes() }),
    };
    await expectAtWork(older[name as keyof typeof older]());
  });
});

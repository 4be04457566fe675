import { randomUUID } from 'node:crypto';
import { describeKeyStateStore } from '@api-key-fallback/testing/vitest';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createClient } from 'redis';
import { createClient as createClient5 } from 'redis-5';
import { afterAll, describe, inject } from 'vitest';

const url = inject('redisUrl');

describe.skipIf(!url)('on one server', () => {
  const admin = new Redis(url ?? '', { lazyConnect: true });
  afterAll(() => admin.disconnect());

  const clients = {
    'ioredis 6': () => new Redis(url ?? '', { lazyConnect: true, keyPrefix: 'mine:' }),
    'ioredis 5': () => new Redis5(url ?? '', { lazyConnect: true, keyPrefix: 'mine:' }),
    'node-redis 6': () => createClient({ url: url ?? '' }),
    'node-redis 5': () => createClient5({ url: url ?? '' }),
  };

  for (const [name, makeClient] of Object.entries(clients)) {
    describeKeyStateStore(`RedisStore with ${name}`, () => {
      const prefix = `test-${randomUUID()}`;
      const client = makeClient();
      return {
        open: () => new RedisStore(client, { prefix }),
        async dispose() {
          const keys = await admin.keys(`${prefix}:*`);
          if (keys.length > 0) await admin.del(keys);
        },
      };
    });
  }
});

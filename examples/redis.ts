// Worker processes, perhaps on several machines, that share what they know of the keys in Redis.
// Run: REDIS_URL=redis://127.0.0.1:6379 npx pnpm@12 example examples/redis.ts (that is the default; no key is needed)
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { playWorkers } from './shared-state/play-workers.ts';

const url = process.env['REDIS_URL'] || 'redis://127.0.0.1:6379';
const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, disconnectTimeout: 100 });
// Whoever waits for an answer is told; the client tells again.
redis.on('error', () => {});

async function isThere(): Promise<boolean> {
  const answer = redis.connect().then(() => redis.ping());
  return Promise.race([
    answer.then(
      () => true,
      () => false,
    ),
    sleep(1000, false, { ref: false }),
  ]);
}

async function namesUnder(prefix: string): Promise<string[]> {
  const pages: string[][] = await redis.scanStream({ match: `${prefix}:*` }).toArray();
  return [...new Set(pages.flat())];
}

if (await isThere()) {
  const prefix = `akf-example-${randomUUID()}`;
  try {
    await playWorkers(new URL('shared-state/redis-worker.ts', import.meta.url), {
      REDIS_URL: url,
      REDIS_PREFIX: prefix,
    });
    console.log('Left in Redis:');
    for (const name of await namesUnder(prefix)) console.log(`  ${name}`);
  } finally {
    // A service leaves that to Redis, where everything of ours has an end.
    for (const name of await namesUnder(prefix)) await redis.del(name);
  }
} else {
  // The whole URL may hold a password.
  const { host, port } = redis.options;
  console.log(`No Redis server answers at ${host}:${port}. Start one there or set REDIS_URL; nothing was done.`);
}
redis.disconnect();

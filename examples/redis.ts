// Worker processes, possibly on several machines, that share the state of their keys in Redis. Needs no API key.
// Run: npx pnpm@12 example examples/redis.ts (with REDIS_URL=… for a server that is not at redis://127.0.0.1:6379)
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { playWorkers } from './shared-state/play-workers.ts';

const url = process.env['REDIS_URL'] || 'redis://127.0.0.1:6379';
const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, disconnectTimeout: 100 });
// Without a listener ioredis logs every error; the commands below reject with them anyway.
redis.on('error', () => {});

async function isReachable(): Promise<boolean> {
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

if (await isReachable()) {
  const prefix = `akf-example-${randomUUID()}`;
  try {
    await playWorkers(new URL('shared-state/redis-worker.ts', import.meta.url), {
      REDIS_URL: url,
      REDIS_PREFIX: prefix,
    });
    console.log('Left in Redis:');
    for (const name of await namesUnder(prefix)) console.log(`  ${name}`);
  } finally {
    // A service does not need this, because every entry in Redis expires.
    for (const name of await namesUnder(prefix)) await redis.del(name);
  }
} else {
  // Not the whole URL, because it may contain a password.
  const { host, port } = redis.options;
  console.log(`No Redis server answers at ${host}:${port}. Start one there or set REDIS_URL; nothing was done.`);
}
redis.disconnect();

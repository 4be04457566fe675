import { randomUUID } from 'node:crypto';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { counted, request } from './store-requests.ts';

const url = inject('redisUrl');
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe.skipIf(!url)('the counters of one process in Redis', () => {
  const client = new Redis(url ?? '', { lazyConnect: true });
  const prefix = `test-${randomUUID()}`;
  const store = new RedisStore(client, { prefix });

  afterAll(async () => {
    await store.close();
    const keys = await client.keys(`${prefix}:*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
  });

  async function keyOf(pool: string, end: string): Promise<string> {
    const [key = ''] = await client.keys(`${prefix}:{${pool}}:*${end}`);
    return key;
  }

  it('are kept for 2 days after the last request that lists their window', async () => {
    const pool = randomUUID();
    await store.sync(request({ pool, counters: [counted('a', [1])] }));
    const own = await keyOf(pool, 'w:total:one');
    expect(await client.pttl(own)).toBeCloseTo(2 * dayMs, -4);

    const empty = { ...counted('a', []), totals: new Map() };
    for (const [left, kept] of [
      [2 * dayMs - hourMs + 60_000, 2 * dayMs - hourMs + 60_000],
      [dayMs, 2 * dayMs],
    ] as const) {
      await client.pexpire(own, left);
      await store.sync(request({ pool, withTotals: false, counters: [empty] }));
      expect(await client.pttl(own)).toBeCloseTo(kept, -4);
    }
  });

  it('are extended by a request of several calls too', async () => {
    const pool = randomUUID();
    const many = { ...counted('a', [1]), totals: new Map(Array.from({ length: 450 }, (_, key) => [`${key}`, [1]])) };
    const empty = { ...counted('a', [], 'day'), totals: new Map() };
    await store.sync(request({ pool, counters: [counted('a', [1], 'day'), many] }));
    for (const window of ['total', 'day']) await client.pexpire(await keyOf(pool, `w:${window}:one`), dayMs);
    await store.sync(request({ pool, withTotals: false, counters: [empty, many] }));
    for (const window of ['total', 'day']) {
      expect(await client.pttl(await keyOf(pool, `w:${window}:one`))).toBeCloseTo(2 * dayMs, -4);
    }
  });

  it('end with their window, and leave the sums until then', async () => {
    const pool = randomUUID();
    const { now } = await store.sync(request({ pool }));
    const [short, long] = [now + hourMs, now + 30 * dayMs];
    await store.sync(request({ pool, counters: [{ ...counted('a', [1], 'short'), expiresAtMs: short }] }));
    await store.sync(request({ pool, counters: [{ ...counted('a', [1], 'long'), expiresAtMs: long }] }));
    const lives = ['w:short:one', 'u:short', 'u:long'].map(async (end) => client.pexpiretime(await keyOf(pool, end)));
    expect(await Promise.all(lives)).toEqual([short, short, long]);
  });

  it('are not touched by a request that lists no window', async () => {
    const pool = randomUUID();
    await store.sync(request({ pool, counters: [counted('a', [1])] }));
    const own = await keyOf(pool, 'w:total:one');
    await client.pexpire(own, dayMs);
    await store.sync(request({ pool }));
    expect(await client.pttl(own)).toBeCloseTo(dayMs, -4);
  });
});

import { randomUUID } from 'node:crypto';
import { freshRecord, type KeyRecord } from '@api-key-fallback/core/store';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { cooling, listen, request } from './store-requests.ts';

const url = inject('redisUrl');
const hourMs = 3_600_000;

describe.skipIf(!url)('stale buckets in Redis', () => {
  const client = new Redis(url ?? '', { lazyConnect: true });
  const prefix = `test-${randomUUID()}`;
  const store = new RedisStore(client, { prefix });
  let pool: string;
  let key: string;
  let now: number;

  beforeEach(async () => {
    pool = randomUUID();
    key = `${prefix}:{${pool}}:1:s`;
    ({ now } = await store.sync(request({ pool })));
  });

  afterAll(async () => {
    await store.close();
    const keys = await client.keys(`${prefix}:*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
  });

  /** A cooldown that ended this long ago. */
  function ended(agoMs: number, parts: Partial<KeyRecord> = {}): KeyRecord {
    return { ...freshRecord, untilMs: now - agoMs, level: 1, reason: 'rate-limited', ...parts };
  }

  const text = ({ generation, epoch, untilMs, level, reason, disabled }: KeyRecord): string =>
    [generation, epoch, untilMs, level, reason, disabled].join('|');

  it('are not stored when they are new', async () => {
    const facts = new Map([['a/images', ended(2 * hourMs)]]);
    const { received, stop } = await listen(store, pool);
    const { cursor, records } = await store.sync(request({ pool, facts }));
    expect({ version: cursor.version, records }).toEqual({ version: 0, records: new Map() });
    await store.sync(request({ pool, facts: new Map([['a', cooling(1)]]) }));
    await expect.poll(() => received.changes.map(({ records: changed }) => [...changed.keys()])).toEqual([['a']]);
    await stop();
  });

  it('still change a bucket that is known', async () => {
    await store.sync(request({ pool, facts: new Map([['a/images', ended(0)]]) }));
    await client.hset(key, 'a/images', text(ended(3 * hourMs)));
    const facts = new Map([['a/images', ended(2 * hourMs)]]);
    expect((await store.sync(request({ pool, facts }))).cursor.version).toBe(2);
  });

  it('are left out of a full reply, and deleted', async () => {
    const kept: Record<string, KeyRecord> = {
      a: ended(2 * hourMs),
      'a/lately': ended(hourMs - 60_000),
      'a/recovered': ended(2 * hourMs, { epoch: 1 }),
      'a/disabled': ended(2 * hourMs, { disabled: 'operator' }),
      'a/reset': { ...freshRecord, generation: 5 },
    };
    const facts = new Map([['a/b/c', ended(0)]]);
    const { cursor } = await store.sync(request({ pool, facts }));
    for (const [id, record] of Object.entries(kept)) await client.hset(key, id, text(record));
    const newer = `${text(ended(2 * hourMs))}|more`;
    await client.hset(key, 'a/b/c', text(ended(hourMs + 1000)), 'a/newer', newer);
    const reply = await store.sync(request({ pool }));
    expect(Object.fromEntries(reply.records)).toEqual({ ...kept, 'a/newer': ended(2 * hourMs) });
    expect(await client.hkeys(key)).not.toContain('a/b/c');
    expect(await client.hget(key, 'a/newer')).toBe(newer);
    // Nothing has changed for a process that has read the pool.
    expect(await store.sync(request({ pool, seen: cursor }))).toMatchObject({ cursor, full: false });
  });

  it('are deleted a hundred at a time, and never all', async () => {
    await store.sync(request({ pool, facts: new Map([['a/0', ended(0)]]) }));
    const names = Array.from({ length: 150 }, (_, index) => `a/${index}`);
    await client.hset(key, Object.fromEntries(names.map((name) => [name, text(ended(2 * hourMs))])));
    const incarnations = new Set<string>();
    for (const left of [50, 1, 1]) {
      const { records, cursor } = await store.sync(request({ pool }));
      incarnations.add(cursor.incarnation);
      expect(records).toEqual(new Map());
      expect(await client.hlen(key)).toBe(left);
    }
    expect(incarnations.size).toBe(1);
  });
});

import { randomUUID } from 'node:crypto';
import { freshRecord, type KeyRecord } from '@api-key-fallback/core/store';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { cooling, counted, listen, request } from './store-requests.ts';

const url = inject('redisUrl');
const latest = 8_640_000_000_000_000;
const largest = Number.MAX_SAFE_INTEGER;

describe.skipIf(!url)('values in Redis', () => {
  const client = new Redis(url ?? '', { lazyConnect: true });
  const prefix = `test-${randomUUID()}`;
  const store = new RedisStore(client, { prefix });
  let pool: string;

  beforeEach(() => {
    pool = randomUUID();
  });

  afterAll(async () => {
    await store.close();
    const keys = await client.keys(`${prefix}:*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
  });

  const keyOf = (part: string): string => `${prefix}:{${pool}}:1:${part}`;

  async function storeRecord(text: string): Promise<void> {
    await store.sync(request({ pool, facts: new Map([['other', cooling(1)]]) }));
    await client.hset(keyOf('s'), 'a', text);
  }

  async function join(record: KeyRecord): Promise<{ text: string | null; read: KeyRecord | undefined }> {
    const { records } = await store.sync(request({ pool, facts: new Map([['a', record]]) }));
    return { text: await client.hget(keyOf('s'), 'a'), read: records.get('a') };
  }

  describe('a record with fields of a newer version', () => {
    it('is read for its first six', async () => {
      await storeRecord('1|2|3|4|transient|operator|{"x":1}\n|y');
      const { records } = await store.sync(request({ pool }));
      const read = { generation: 1, epoch: 2, untilMs: 3, level: 4, reason: 'transient', disabled: 'operator' };
      expect(records.get('a')).toEqual(read);
    });

    it('keeps its disable and its fields through each join', async () => {
      await storeRecord('0|0|0|0||operator|more|');
      const longer = { ...cooling(5), disabled: 'operator' };
      expect(await join(cooling(5))).toEqual({ text: '0|0|1900000000005|1|rate-limited|operator|more|', read: longer });
      const recovered = { ...freshRecord, epoch: 1 };
      expect((await join(recovered)).text).toBe('0|1|0|0||operator|more|');
      expect((await join({ ...freshRecord, generation: 9 })).text).toBe('9|0|0|0|||more|');
    });

    it('reaches the other processes whole', async () => {
      await storeRecord('0|0|0|0||operator|more');
      const { received, stop } = await listen(store, pool);
      await join(cooling(5));
      await expect.poll(() => received.changes.length).toBe(1);
      expect(received.changes[0]?.records.get('a')).toEqual({ ...cooling(5), disabled: 'operator' });
      await stop();
    });
  });

  const wildNumbers = [
    'Infinity',
    'inf',
    'nan',
    '1e300',
    '1e3',
    '-5',
    '0.5',
    '0x10',
    ' 5',
    '',
    '8640000000000001',
    '9'.repeat(400),
  ];

  describe.each(wildNumbers)('a record with the number "%s"', (wild) => {
    const places = [0, 1, 2, 3].map((place) => {
      const fields = ['0', '0', '0', '0', 'transient', 'operator'];
      fields[place] = wild;
      return fields.join('|');
    });

    it('counts as absent in the store, and is replaced by the next fact', async () => {
      for (const text of places) {
        await storeRecord(text);
        expect((await store.sync(request({ pool }))).records.has('a')).toBe(false);
        expect(await join(cooling(1))).toEqual({ text: '0|0|1900000000001|1|rate-limited|', read: cooling(1) });
      }
    });

    it('is a gap in a message', async () => {
      const { received, stop } = await listen(store, pool);
      for (const text of places) {
        await client.publish(keyOf('c'), JSON.stringify({ i: 'x', inc: 'x', v: '1', s: ['a', text] }));
      }
      await expect.poll(() => received.gaps).toBe(1 + places.length);
      expect(received.changes).toEqual([]);
      await stop();
    });
  });

  it.each([Infinity, -Infinity, NaN, 1e300, -5, 0.5, latest + 2])(
    'a fact with the number %d is ignored',
    async (wild) => {
      for (const field of ['generation', 'epoch', 'untilMs', 'level']) {
        expect(await join({ ...cooling(1), [field]: wild })).toEqual({ text: null, read: undefined });
      }
      expect((await store.sync(request({ pool }))).cursor.version).toBe(0);
    },
  );

  it('a fact with the largest numbers is stored', async () => {
    const record = { ...cooling(1), generation: latest, epoch: latest, untilMs: latest, level: latest };
    expect((await join(record)).read).toEqual(record);
  });

  it.each(['rubbish', '-1', '1e300', '9007199254740993'])('a version "%s" starts a new incarnation', async (wild) => {
    await store.sync(request({ pool, facts: new Map([['a', cooling(1)]]) }));
    await client.hset(keyOf('m'), 'v', wild);
    const { cursor, full } = await store.sync(request({ pool, facts: new Map([['a', cooling(2)]]) }));
    expect({ version: cursor.version, full }).toEqual({ version: 1, full: true });
  });

  async function count(totals: readonly number[]): Promise<readonly number[] | undefined> {
    const reply = await store.sync(request({ pool, counters: [counted('a', totals)] }));
    return reply.totals.get('total')?.get('a');
  }

  it.each(['Infinity', 'inf', 'nan', '-5', '0x10', '1e300', '9007199254740993', 'rubbish', '1e+e'])(
    'a stored total of "%s" counts as 0',
    async (wild) => {
      await count([1, 2, 3]);
      await client.hset(keyOf('u:total'), 'a', `1,${wild},3`);
      expect(await count([1, 2, 3])).toEqual([1, 0, 3]);
      expect(await count([1, 4, 3])).toEqual([1, 2, 3]);
      await client.hset(keyOf('w:total:one'), 'a', `1,${wild},3`);
      expect(await count([1, 6, 3])).toEqual([1, 8, 3]);
    },
  );

  it.each([Infinity, -Infinity, NaN, 1e300, -5, 2 ** 53])('a sent total of %d is ignored', async (wild) => {
    await count([1, 2, 3]);
    expect(await count([2, wild, 4])).toEqual([2, 2, 4]);
    expect(await client.hget(keyOf('w:total:one'), 'a')).toBe('2,2,4');
    expect(await count([2, 3, 4])).toEqual([2, 3, 4]);
    await store.sync(request({ pool, counters: [counted('b', [wild, 1])] }));
    expect(await client.hget(keyOf('w:total:one'), 'b')).toBe('0,1');
  });

  it('totals may have fractions, also small ones', async () => {
    expect(await count([0.1, 1e-7, 0])).toEqual([0.1, 1e-7, 0]);
    expect(await count([0.5, 2e-7, 0])).toEqual([0.5, 2e-7, 0]);
  });

  it('a sum stays at the largest number', async () => {
    await count([largest, 1]);
    const { totals } = await store.sync(request({ pool, instance: 'two', counters: [counted('a', [largest, 1])] }));
    expect(totals.get('total')?.get('a')).toEqual([largest, 2]);
  });
});

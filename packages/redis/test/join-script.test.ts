import { randomUUID } from 'node:crypto';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord } from '@api-key-fallback/core/store';
import { RedisStore } from '@api-key-fallback/redis';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { cooling, counted, listen, request } from './store-requests.ts';

const url = inject('redisUrl');

describe.skipIf(!url)('the sync script', () => {
  const client = new Redis(url ?? '', { lazyConnect: true });
  const prefix = `test-${randomUUID()}`;
  const store = new RedisStore(client, { prefix });

  afterAll(async () => {
    await store.close();
    const keys = await client.keys(`${prefix}:*`);
    if (keys.length > 0) await client.del(keys);
    client.disconnect();
  });

  const reason = fc.constantFrom<KeyRecord['reason'][]>(
    '',
    'transient',
    'rate-limited',
    'quota-exhausted',
    'invalid-key',
    'caller-error',
    'operator',
  );
  const small = fc.integer({ min: 0, max: 2 });
  const time = fc.oneof(
    fc.constantFrom(0, 1_790_000_000_000, 1_790_000_000_001, 8.64e15 - 1, 8.64e15),
    fc.integer({ min: 1.7e12, max: 1.9e12 }),
  );
  const record: fc.Arbitrary<KeyRecord> = fc.record({
    generation: fc.oneof(small, fc.constantFrom(1_790_000_000_000, 1_790_000_000_001, 8.64e15 - 1, 8.64e15)),
    epoch: small,
    untilMs: fc.oneof(small, time),
    level: small,
    reason,
    disabled: reason,
  });

  it('joins records exactly as joinRecords does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(record, { minLength: 1, maxLength: 5 }), { minLength: 20, maxLength: 20 }),
        async (keys) => {
          const pool = randomUUID();
          const steps = Math.max(...keys.map((records) => records.length));
          const expected = new Map<string, KeyRecord>();
          for (let step = 0; step < steps; step++) {
            const facts = new Map<string, KeyRecord>();
            for (const [id, { [step]: fact }] of keys.entries()) if (fact) facts.set(String(id), fact);
            for (const [id, fact] of facts) {
              const joined = joinRecords(expected.get(id) ?? freshRecord, fact);
              if (!isSameRecord(joined, freshRecord)) expected.set(id, joined);
            }
            expect((await store.sync(request({ pool, facts }))).records).toEqual(expected);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('counts exactly up to 2^53', async () => {
    const pool = randomUUID();
    const large = 2 ** 53 - 1;
    for (const total of [large - 1, large]) {
      const { totals } = await store.sync(request({ pool, counters: [counted('a', [total, 0, 0.1])] }));
      expect(totals.get('total')).toEqual(new Map([['a', [total, 0, 0.1]]]));
    }
  });

  it('skips invalid records, counters and messages', async () => {
    const pool = 'foreign';
    const base = `${prefix}:{${pool}}:1`;
    const facts = new Map([['good', { ...freshRecord, epoch: 1 }]]);
    await store.sync(request({ pool, facts, counters: [counted('good', [1])] }));
    await client.hset(`${base}:s`, 'bad', 'rubbish', 'unknown', '1|0|0|0|a-new-reason|', 'numbers', '1|2|x|4||');
    await client.hset(`${base}:u:total`, 'bad', 'rubbish', 'empty', '');
    const { records, totals } = await store.sync(request({ pool, counters: [counted('good', [2])] }));
    expect({ records, totals: totals.get('total') }).toEqual({
      records: facts,
      totals: new Map([
        ['good', [2]],
        ['bad', [0]],
        ['empty', []],
      ]),
    });

    const calls: string[] = [];
    const stop = await store.subscribe(pool, { change: () => calls.push('change'), gap: () => calls.push('gap') });
    for (const message of ['rubbish', '{}', 'null', '{"i":"a","inc":"b","v":"1","s":["a","rubbish"]}']) {
      await client.publish(`${base}:c`, message);
    }
    await store.sync(request({ pool, facts: new Map([['other', { ...freshRecord, epoch: 1 }]]) }));
    await expect.poll(() => calls).toEqual(['gap', 'gap', 'gap', 'gap', 'gap', 'change']);
    await stop();

    const healed = new Map([['bad', { ...freshRecord, level: 3 }]]);
    expect((await store.sync(request({ pool, facts: healed }))).records.get('bad')).toEqual(healed.get('bad'));
  });

  it('splits a request of more than 200 facts and counters into several calls', async () => {
    const pool = randomUUID();
    const facts = new Map(Array.from({ length: 450 }, (_, index) => [`key-${index}`, { ...freshRecord, epoch: 1 }]));
    const { cursor, records, totals } = await store.sync(
      request({ pool, facts, counters: [counted('a', [1], 'x'), counted('b', [2], 'y')] }),
    );
    expect(cursor.version).toBe(3);
    expect(records).toEqual(facts);
    expect(Object.fromEntries(totals)).toEqual({ x: new Map([['a', [1]]]), y: new Map([['b', [2]]]) });
  });

  it('reports the first request that an empty store receives, also one of several calls', async () => {
    const facts = new Map(Array.from({ length: 450 }, (_, index) => [`key-${index}`, { ...freshRecord, epoch: 1 }]));
    for (const parts of [{ pool: randomUUID() }, { pool: randomUUID(), facts }]) {
      expect((await store.sync(request(parts))).isFirst).toBe(true);
      expect((await store.sync(request(parts))).isFirst).toBe(false);
    }
  });

  it('publishes nothing when it knows all facts', async () => {
    const pool = randomUUID();
    const facts = new Map(Array.from({ length: 100 }, (_, index) => [`key-${index}`, cooling(index)]));
    const { cursor } = await store.sync(request({ pool, facts }));
    const { received, stop } = await listen(store, pool);
    for (const known of [
      facts,
      new Map([...facts].map(([id, fact]) => [id, { ...fact, untilMs: fact.untilMs - 1 }])),
    ]) {
      const reply = await store.sync(request({ pool, facts: known, seen: cursor }));
      expect(reply).toMatchObject({ cursor, full: false, records: new Map() });
    }
    await store.sync(request({ pool, facts: new Map([['other', cooling(1)]]) }));
    await expect.poll(() => received.changes.map(({ records }) => [...records.keys()])).toEqual([['other']]);
    await stop();
  });

  it('joins counters whatever order and length they have', async () => {
    const pool = randomUUID();
    const send = async (instance: string, totals: readonly number[], window = 'total') => {
      const reply = await store.sync(request({ pool, instance, counters: [counted('a', totals, window)] }));
      return reply.totals.get(window)?.get('a');
    };
    expect(await send('one', [5, 5, 0])).toEqual([5, 5, 0]);
    expect(await send('one', [6, 4])).toEqual([6, 5, 0]);
    expect(await send('one', [6, 5, 0, 1.5])).toEqual([6, 5, 0, 1.5]);
    expect(await send('two', [1e13, 1e14, 1e15])).toEqual([1e13 + 6, 1e14 + 5, 1e15, 1.5]);
    expect(await send('two', [1e13 + 1, 1e14 + 1, 1e15 + 1])).toEqual([1e13 + 7, 1e14 + 6, 1e15 + 1, 1.5]);
    expect(await send('one', [7, 5, 0, 1.5])).toEqual([1e13 + 8, 1e14 + 6, 1e15 + 1, 1.5]);
  });

  it('starts a new incarnation when only the records were lost', async () => {
    const pool = 'evicted';
    const facts = new Map([['a', { ...freshRecord, epoch: 1 }]]);
    const before = await store.sync(request({ pool, facts }));
    await client.del(`${prefix}:{${pool}}:1:s`);
    const after = await store.sync(request({ pool, seen: before.cursor }));
    expect(after.full).toBe(true);
    expect(after.cursor.incarnation).not.toBe(before.cursor.incarnation);
  });
});

import { freshRecord, joinRecords, type KeyRecord } from '@api-key-fallback/core/store';
import { expect } from 'vitest';
import { cooling, countersOf, recordsOf, request, totalsOf, type StoreCheck } from './store-bench.ts';

const later: KeyRecord = { ...freshRecord, generation: 1 };

/** Pairs of records of one key, and the joined record that a store must return for either order. */
const rules: readonly (readonly [string, KeyRecord, KeyRecord, KeyRecord])[] = [
  ['a higher generation wins', cooling(9, { epoch: 3, disabled: 'invalid-key' }), later, later],
  ['a higher epoch replaces the cooldown', cooling(9), cooling(1, { epoch: 1 }), cooling(1, { epoch: 1 })],
  [
    'a higher epoch keeps the key disabled',
    { ...freshRecord, disabled: 'operator' },
    { ...freshRecord, epoch: 1 },
    { ...freshRecord, epoch: 1, disabled: 'operator' },
  ],
  [
    'the longer cooldown wins, with its reason',
    cooling(9, { reason: 'quota-exhausted' }),
    cooling(1),
    cooling(9, { reason: 'quota-exhausted' }),
  ],
  [
    'equal cooldowns get the same reason',
    cooling(9),
    cooling(9, { reason: 'quota-exhausted' }),
    cooling(9, { reason: 'rate-limited' }),
  ],
  ['the higher level survives a longer cooldown', cooling(1, { level: 4 }), cooling(9), cooling(9, { level: 4 })],
  [
    'a disabled key stays disabled after a longer cooldown',
    { ...freshRecord, disabled: 'operator' },
    cooling(9),
    cooling(9, { disabled: 'operator' }),
  ],
];

/** Names that are special in some databases, file systems or objects. */
export const oddNames: readonly string[] = [
  'a',
  'A',
  'b',
  'a/b',
  'a:b',
  '../a',
  '..',
  'a b',
  'a\nb',
  'a"b\\c',
  'a{b}*?[c]',
  '%2F',
  'ação ✓ 🔑',
  '__proto__',
  'constructor',
];

function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** Declares the checks of records: joined by the rules, kept under any name, never lost. */
export function describeStoreRecords(check: StoreCheck): void {
  check(
    'returns the facts of the same request',
    'Join the facts before you read the records for the reply.',
    async (bench) => {
      const store = await bench.open();
      const facts = new Map([['a', cooling(1)]]);
      expect((await store.sync(request({ facts }))).records).toEqual(facts);
    },
  );

  check(
    'joins the facts of two instances',
    'Keep one record per id for the whole pool, not one per instance.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      await one.sync(request({ facts: new Map([['a', cooling(1)]]) }));
      await two.sync(request({ instance: 'two', facts: new Map([['b', cooling(2)]]) }));
      for (const store of [one, two]) {
        await bench.expectSoon(
          () => recordsOf(store),
          new Map([
            ['a', cooling(1)],
            ['b', cooling(2)],
          ]),
        );
      }
    },
  );

  for (const [rule, first, second, joined] of rules) {
    check(
      `joins records: ${rule}`,
      'Combine the known record and the fact with joinRecords(known, fact), and nothing else.',
      async (bench) => {
        const [one, two] = [await bench.open(), await bench.open()];
        const facts = (forward: KeyRecord, backward: KeyRecord) => new Map(Object.entries({ forward, backward }));
        await one.sync(request({ facts: facts(first, second) }));
        await two.sync(request({ instance: 'two', facts: facts(second, first) }));
        for (const store of [one, two]) {
          await bench.expectSoon(() => recordsOf(store), facts(joined, joined));
        }
      },
    );
  }

  check(
    'ends with the same records when facts arrive twice and in any order',
    'Combine records with joinRecords only; do not let the last write win.',
    async (bench) => {
      const stores = [await bench.open(), await bench.open()];
      const records = [
        cooling(5, { level: 2, reason: 'quota-exhausted' }),
        cooling(3, { epoch: 1, level: 3 }),
        cooling(4, { epoch: 1, disabled: 'operator' }),
        cooling(7, { epoch: 1, level: 2 }),
      ];
      const messages = orders(records).map((order, index) => [`order ${index}`, order] as const);
      for (const step of [...records.keys(), ...records.keys()]) {
        const facts = new Map(messages.map(([id, order]) => [id, order[step] ?? freshRecord]));
        for (const [index, store] of stores.entries()) await store.sync(request({ instance: `${index}`, facts }));
      }
      const joined = records.reduce(joinRecords);
      for (const store of stores) {
        await bench.expectSoon(() => recordsOf(store), new Map(messages.map(([id]) => [id, joined])));
      }
    },
  );

  check(
    'keeps records of buckets with any name',
    'Encode record ids before you use them as file names, database keys or patterns.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const ids = ['9hXr_2-k', ...oddNames.flatMap((name) => [name, `9hXr_2-k/${name}`]), 'x'.repeat(300)];
      const facts = new Map(ids.map((id, index) => [id, cooling(index)]));
      await one.sync(request({ facts }));
      await bench.expectSoon(() => recordsOf(two), facts);
    },
  );

  check(
    'keeps records, counters and versions of pools apart, with any name',
    'Encode pool names, case-sensitively, before you use them as file names, database keys or patterns.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const recordIn = (pool: string) => cooling(oddNames.indexOf(pool));
      for (const [index, pool] of oddNames.entries()) {
        const facts = new Map([['b', recordIn(pool)]]);
        await one.sync(request({ pool, facts, counters: [countersOf([['b', [index + 1]]])] }));
      }
      const before = await one.sync(request({ pool: 'a' }));
      await one.sync(request({ pool: 'A', facts: new Map([['c', cooling(1)]]) }));
      expect((await one.sync(request({ pool: 'a' }))).cursor).toEqual(before.cursor);
      for (const [index, pool] of oddNames.entries()) {
        await bench.expectSoon(async () => (await recordsOf(two, pool)).get('b'), recordIn(pool));
        await bench.expectSoon(() => totalsOf(two, 'total', pool), new Map([['b', [index + 1]]]));
      }
      await bench.expectSoon(async () => (await recordsOf(two, 'a')).size, 1);
      expect(await recordsOf(two, 'unused')).toEqual(new Map());
    },
  );

  check(
    'keeps 1,000 records and their counters',
    'Write and return all entries of a request; do not cut long lists.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const ids = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
      const facts = new Map(ids.map((id, index) => [id, cooling(index)]));
      const counters = [countersOf(ids.map((id, index) => [id, [index, 1]]))];
      const reply = await one.sync(request({ facts, counters }));
      expect(reply.records).toEqual(facts);
      expect(reply.totals.get('total')).toEqual(counters[0]?.totals);
      await bench.expectSoon(() => recordsOf(two), facts);
      await bench.expectSoon(() => totalsOf(two), counters[0]?.totals ?? new Map());
    },
  );

  check(
    'keeps every fact of concurrent requests',
    'Make reading, joining and writing one atomic step: a transaction, a script or a lock.',
    async (bench) => {
      const stores = [await bench.open(), await bench.open(), await bench.open()];
      const numbers = Array.from({ length: 20 }, (_, index) => index);
      const facts = (index: number) =>
        new Map([
          ['shared', cooling(1, { level: index })],
          [`key-${index}`, cooling(2)],
        ]);
      await Promise.all(
        numbers.flatMap((index) =>
          stores.map((store, at) =>
            store.sync(request({ instance: `${index} of ${at}`, facts: facts(index * 3 + at) })),
          ),
        ),
      );
      for (const store of stores) {
        await bench.expectSoon(async () => (await recordsOf(store)).size, 61);
        await bench.expectSoon(async () => (await recordsOf(store)).get('shared'), cooling(1, { level: 59 }));
      }
    },
  );

  check('does not modify a request', 'Copy maps and arrays of a request before you change them.', async (bench) => {
    const store = await bench.open();
    const seen = Object.freeze((await store.sync(request())).cursor);
    const counters = [countersOf([['a', Object.freeze([1, 2])]])];
    const whole = Object.freeze(request({ facts: new Map([['a', cooling(1)]]), counters, seen }));
    const before = structuredClone(whole);
    await store.sync(
      request({ instance: 'two', facts: new Map([['a', cooling(2)]]), counters: [countersOf([['a', [9]]])] }),
    );
    await store.sync(whole);
    expect(whole).toEqual(before);
  });

  check(
    'does not share maps or arrays with its callers',
    'Copy maps and arrays when you store them and when you return them.',
    async (bench) => {
      const store = await bench.open();
      const [facts, totals, counts] = [new Map([['a', cooling(1)]]), new Map<string, number[]>(), [1, 2]];
      totals.set('a', counts);
      const reply = await store.sync(request({ facts, counters: [{ ...countersOf([]), totals }] }));
      facts.clear();
      totals.clear();
      counts.push(3);
      for (const map of [reply.records, reply.totals, ...reply.totals.values()]) if (map instanceof Map) map.clear();
      expect(await recordsOf(store)).toEqual(new Map([['a', cooling(1)]]));
      expect(await totalsOf(store)).toEqual(new Map([['a', [1, 2]]]));
    },
  );
}

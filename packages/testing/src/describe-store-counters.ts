import { expect } from 'vitest';
import { oddNames } from './describe-store-records.ts';
import { countersOf, request, totalsOf, type StoreCheck } from './store-bench.ts';

/** How long windows last that must end: longer than a busy machine needs to write them. */
const expiringMs = 500;

/** Declares the checks of counters: absolute totals per instance, summed over all instances. */
export function describeStoreCounters(check: StoreCheck): void {
  check(
    'counts a total once when it is sent again',
    'Keep one total per instance, the larger of the old and the new one; do not add them up.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const counters = [countersOf([['a', [3, 1]]])];
      for (let times = 0; times < 3; times++) {
        expect((await one.sync(request({ counters }))).totals.get('total')).toEqual(new Map([['a', [3, 1]]]));
      }
      await bench.expectSoon(() => totalsOf(two), new Map([['a', [3, 1]]]));
    },
  );

  check(
    'replies with totals only when they are requested',
    'Reply with an empty map of totals to a request without "withTotals": most requests need none.',
    async (bench) => {
      const store = await bench.open();
      const counters = [countersOf([['a', [3]]])];
      expect((await store.sync(request({ counters, withTotals: false }))).totals).toEqual(new Map());
      expect(await totalsOf(store)).toEqual(new Map([['a', [3]]]));
    },
  );

  check(
    'ignores a smaller total that arrives late',
    'Keep the larger total, number by number: totals of an instance only grow.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      for (const total of [1, 5, 3]) await one.sync(request({ counters: [countersOf([['a', [total]]])] }));
      for (const store of [one, two]) await bench.expectSoon(() => totalsOf(store), new Map([['a', [5]]]));
    },
  );

  check(
    'keeps the totals of keys that are missing from a request',
    'Update only the keys in the request.',
    async (bench) => {
      const store = await bench.open();
      await store.sync(request({ counters: [countersOf([['a', [1]]])] }));
      await store.sync(request({ counters: [countersOf([['b', [2]]])] }));
      expect(Object.fromEntries(await totalsOf(store))).toEqual({ a: [1], b: [2] });
    },
  );

  check(
    'keeps totals that become longer',
    'Accept totals with more numbers than before, and never cut them for a shorter one.',
    async (bench) => {
      const store = await bench.open();
      await store.sync(request({ counters: [countersOf([['a', [1]]])] }));
      await store.sync(request({ counters: [countersOf([['a', [1, 0, 2]]])] }));
      await store.sync(request({ counters: [countersOf([['a', [1]]])] }));
      expect(await totalsOf(store)).toEqual(new Map([['a', [1, 0, 2]]]));
    },
  );

  check(
    'sums the totals of instances, of any length',
    'Sum the totals of all instances number by number; a missing number is 0.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      await one.sync(request({ counters: [countersOf([['a', [1, 2, 3]]])] }));
      await two.sync(request({ instance: 'two', counters: [countersOf([['a', [10]]])] }));
      for (const store of [one, two]) await bench.expectSoon(() => totalsOf(store), new Map([['a', [11, 2, 3]]]));
    },
  );

  check('counts beyond 32 bits', 'Store totals as 64-bit integers or doubles.', async (bench) => {
    const store = await bench.open();
    for (const instance of ['one', 'two']) {
      await store.sync(request({ instance, counters: [countersOf([['a', [5_000_000_000_001]]])] }));
    }
    expect(await totalsOf(store)).toEqual(new Map([['a', [10_000_000_000_002]]]));
  });

  check(
    'keeps windows apart, and returns only those in the request',
    'Store totals per window, and return only the windows named in request.counters.',
    async (bench) => {
      const store = await bench.open();
      const today = countersOf([['a', [1]]], '2026-11-22');
      await store.sync(request({ counters: [today, countersOf([['a', [7]]])] }));
      const { totals } = await store.sync(
        request({ counters: [countersOf([], '2026-11-22'), countersOf([], '2026-11-23')] }),
      );
      expect(totals.get('2026-11-22')).toEqual(new Map([['a', [1]]]));
      expect([...(totals.get('2026-11-23') ?? [])]).toEqual([]);
      expect(totals.has('total')).toBe(false);
      expect(await totalsOf(store)).toEqual(new Map([['a', [7]]]));
    },
  );

  check(
    'keeps instances, windows and keys apart, with any name',
    'Encode the names before you join them to one key, so that no two combinations collide.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const totals = (window: string, times: number) =>
        new Map(oddNames.map((id, index) => [id, [(index + 1) * times + oddNames.indexOf(window) * times]]));
      for (const instance of oddNames) {
        await one.sync(
          request({ instance, counters: oddNames.map((window) => countersOf(totals(window, 1), window)) }),
        );
      }
      for (const window of oddNames) {
        await bench.expectSoon(() => totalsOf(two, window), totals(window, oddNames.length));
      }
    },
  );

  check(
    'drops a window after expiresAtMs, and no other',
    'Delete or ignore the totals of a window once expiresAtMs has passed.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const end = (await one.sync(request())).now + expiringMs;
      const total = countersOf([['a', [2]]], 'total', end + 86_400_000);
      await one.sync(request({ counters: [countersOf([['a', [1]]], 'today', end), total] }));
      await bench.advance(expiringMs + 20);
      for (const store of [one, two]) {
        await bench.expectSoon(() => totalsOf(store, 'today'), new Map());
        await bench.expectSoon(() => totalsOf(store), new Map([['a', [2]]]));
      }
    },
  );

  check(
    'keeps a window until the latest expiresAtMs',
    'Keep the latest expiresAtMs of a window; never shorten it.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const end = (await one.sync(request())).now + expiringMs;
      for (const [id, later] of [
        ['a', 0],
        ['b', 86_400_000],
        ['b', 0],
      ] as const) {
        await one.sync(request({ counters: [countersOf([[id, [1]]], 'total', end + later)] }));
      }
      await bench.advance(expiringMs + 20);
      for (const store of [one, two]) {
        await store.sync(request());
        await bench.expectSoon(
          () => totalsOf(store),
          new Map([
            ['a', [1]],
            ['b', [1]],
          ]),
        );
      }
    },
  );

  check(
    'keeps every count of concurrent requests',
    'Make reading and writing totals one atomic step: a transaction, a script or a lock.',
    async (bench) => {
      const stores = [await bench.open(), await bench.open(), await bench.open()];
      const updates = Array.from({ length: 1000 }, (_, index) => ({
        instance: index % 20,
        total: Math.ceil((index + 1) / 20),
      }));
      await Promise.all(
        updates.map(async ({ instance, total }) => {
          const counters = [
            countersOf([
              ['shared', [total, 1]],
              [`key-${instance}`, [total]],
            ]),
          ];
          await stores[instance % stores.length]?.sync(request({ instance: `${instance}`, counters }));
        }),
      );
      for (const store of stores) {
        await bench.expectSoon(async () => (await totalsOf(store)).get('shared'), [1000, 20]);
        await bench.expectSoon(async () => (await totalsOf(store)).get('key-7'), [50]);
      }
    },
  );
}

import { expect } from 'vitest';
import { oddNames } from './describe-store-records.ts';
import { counted, request, totalsOf, type StoreCheck } from './store-bench.ts';

/** Counters: absolute totals of each instance, summed up over all of them. */
export function describeStoreCounters(check: StoreCheck): void {
  check('counts a total once, however often it is sent', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const counters = [counted([['a', [3, 1]]])];
    for (let times = 0; times < 3; times++) {
      expect((await one.sync(request({ counters }))).totals.get('total')).toEqual(new Map([['a', [3, 1]]]));
    }
    await bench.expectSoon(() => totalsOf(two), new Map([['a', [3, 1]]]));
  });

  check('ignores a smaller total that comes late', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    for (const total of [1, 5, 3]) await one.sync(request({ counters: [counted([['a', [total]]])] }));
    for (const store of [one, two]) await bench.expectSoon(() => totalsOf(store), new Map([['a', [5]]]));
  });

  check('keeps the totals of keys that a request leaves out', async (bench) => {
    const store = await bench.open();
    await store.sync(request({ counters: [counted([['a', [1]]])] }));
    await store.sync(request({ counters: [counted([['b', [2]]])] }));
    expect(Object.fromEntries(await totalsOf(store))).toEqual({ a: [1], b: [2] });
  });

  check('lets totals grow by new places', async (bench) => {
    const store = await bench.open();
    await store.sync(request({ counters: [counted([['a', [1]]])] }));
    await store.sync(request({ counters: [counted([['a', [1, 0, 2]]])] }));
    await store.sync(request({ counters: [counted([['a', [1]]])] }));
    expect(await totalsOf(store)).toEqual(new Map([['a', [1, 0, 2]]]));
  });

  check('adds up the totals of instances, long and short ones', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    await one.sync(request({ counters: [counted([['a', [1, 2, 3]]])] }));
    await two.sync(request({ instance: 'two', counters: [counted([['a', [10]]])] }));
    for (const store of [one, two]) await bench.expectSoon(() => totalsOf(store), new Map([['a', [11, 2, 3]]]));
  });

  check('counts beyond 32 bits', async (bench) => {
    const store = await bench.open();
    for (const instance of ['one', 'two']) {
      await store.sync(request({ instance, counters: [counted([['a', [5_000_000_000_001]]])] }));
    }
    expect(await totalsOf(store)).toEqual(new Map([['a', [10_000_000_000_002]]]));
  });

  check('keeps windows apart, and answers for those it is asked about', async (bench) => {
    const store = await bench.open();
    const today = counted([['a', [1]]], '2026-11-22');
    await store.sync(request({ counters: [today, counted([['a', [7]]])] }));
    const { totals } = await store.sync(request({ counters: [counted([], '2026-11-22'), counted([], '2026-11-23')] }));
    expect(totals.get('2026-11-22')).toEqual(new Map([['a', [1]]]));
    expect([...(totals.get('2026-11-23') ?? [])]).toEqual([]);
    expect(totals.has('total')).toBe(false);
    expect(await totalsOf(store)).toEqual(new Map([['a', [7]]]));
  });

  check('keeps instances, windows and keys apart, whatever their names', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const totals = (window: string, times: number) =>
      new Map(oddNames.map((id, index) => [id, [(index + 1) * times + oddNames.indexOf(window) * times]]));
    for (const instance of oddNames) {
      await one.sync(request({ instance, counters: oddNames.map((window) => counted(totals(window, 1), window)) }));
    }
    for (const window of oddNames) {
      await bench.expectSoon(() => totalsOf(two, window), totals(window, oddNames.length));
    }
  });

  check('forgets a window after its end, and no other', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const end = (await one.sync(request())).now + 40;
    const total = counted([['a', [2]]], 'total', end + 86_400_000);
    await one.sync(request({ counters: [counted([['a', [1]]], 'today', end), total] }));
    await bench.pass(60);
    for (const store of [one, two]) {
      await bench.expectSoon(() => totalsOf(store, 'today'), new Map());
      await bench.expectSoon(() => totalsOf(store), new Map([['a', [2]]]));
    }
  });

  check('keeps a window to the latest end it was told', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const end = (await one.sync(request())).now + 40;
    for (const later of [0, 86_400_000, 0]) {
      await one.sync(request({ counters: [counted([['a', [1]]], 'total', end + later)] }));
    }
    await bench.pass(60);
    for (const store of [one, two]) {
      await store.sync(request());
      await bench.expectSoon(() => totalsOf(store), new Map([['a', [1]]]));
    }
  });

  check('loses no count of many that come at once', async (bench) => {
    const stores = [await bench.open(), await bench.open(), await bench.open()];
    const updates = Array.from({ length: 1000 }, (_, index) => ({
      instance: index % 20,
      total: Math.ceil((index + 1) / 20),
    }));
    await Promise.all(
      updates.map(async ({ instance, total }) => {
        const counters = [
          counted([
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
  });
}

import { expect } from 'vitest';
import { cooling, counted, recordsOf, request, type StoreCheck } from './store-bench.ts';

const a = new Map([['a', cooling(1)]]);
const last = new Map([['last', cooling(1)]]);

/** The feed of changes, and what closing a store does. */
export function describeStoreFeed(check: StoreCheck): void {
  check('tells subscribers what another store has changed, and who did', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const feed = await bench.listen(two);
    await one.sync(request({ instance: 'writer', facts: a }));
    await bench.expectTold(feed, 'a');
    expect(feed.changes.map(({ instance, records }) => ({ instance, records }))).toEqual([
      { instance: 'writer', records: a },
    ]);
  });

  check('tells the joined record', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    await one.sync(request({ facts: new Map([['a', cooling(9)]]) }));
    await bench.expectSoon(async () => (await recordsOf(two)).size, 1);
    const feed = await bench.listen(two);
    await one.sync(request({ facts: new Map([['a', cooling(1, { level: 4 })]]) }));
    await bench.expectTold(feed, 'a');
    expect(feed.changes.at(-1)?.records.get('a')).toEqual(cooling(9, { level: 4 }));
  });

  check('tells changes with rising cursors that go on from there', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const feed = await bench.listen(two);
    await one.sync(request({ facts: a }));
    await bench.expectTold(feed, 'a');
    await one.sync(request({ facts: last }));
    await bench.expectTold(feed, 'last');
    const [first, second] = feed.changes.map(({ cursor }) => cursor);
    expect(second?.incarnation).toBe(first?.incarnation);
    expect(second?.version).toBeGreaterThan(first?.version ?? Infinity);
    const rest = await two.sync(request({ instance: 'two', seen: first }));
    expect(rest.records).toEqual(rest.full ? new Map([...a, ...last]) : last);
  });

  check('tells nothing when no record has changed', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const feed = await bench.listen(two);
    for (const instance of ['one', 'one', 'two']) await one.sync(request({ instance, facts: a }));
    await one.sync(request({ counters: [counted([['a', [1]]])] }));
    await one.sync(request({ facts: last }));
    await bench.expectTold(feed, 'last');
    expect(feed.changes.map(({ records }) => [...records.keys()])).toEqual([['a'], ['last']]);
  });

  check('tells subscribers of their pool only', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const feeds = [await bench.listen(two, 'a'), await bench.listen(two, 'a/b')] as const;
    await one.sync(request({ pool: 'a/b', facts: last }));
    await one.sync(request({ pool: 'a', facts: a }));
    await bench.expectTold(feeds[0], 'a');
    await bench.expectTold(feeds[1], 'last');
    expect(feeds.map(({ changes }) => changes.length)).toEqual([1, 1]);
  });

  check('tells every subscriber until it unsubscribes', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const [gone, here] = [await bench.listen(two), await bench.listen(two)];
    await one.sync(request({ facts: a }));
    await bench.expectTold(gone, 'a');
    await bench.expectTold(here, 'a');
    await gone.stop();
    await gone.stop();
    await one.sync(request({ facts: last }));
    await bench.expectTold(here, 'last');
    expect(gone.changes.map(({ records }) => [...records.keys()])).toEqual([['a']]);
  });

  check('protects writers and other subscribers from one that throws', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const gap = (): void => {};
    const change = (): never => {
      throw new Error('a fault of the subscriber');
    };
    await two.subscribe('openai', { change, gap });
    const feed = await bench.listen(two);
    for (const facts of [a, last]) await expect(one.sync(request({ facts }))).resolves.toBeDefined();
    await bench.expectTold(feed, 'a');
    await bench.expectTold(feed, 'last');
  });

  check('closes twice', async (bench) => {
    const store = await bench.open();
    await store.sync(request({ facts: a }));
    await bench.listen(store);
    await expect(store.close()).resolves.toBeUndefined();
    await expect(store.close()).resolves.toBeUndefined();
  });

  check('keeps everything when the last store is closed', async (bench) => {
    const store = await bench.open();
    await store.sync(request({ facts: a, counters: [counted([['a', [1]]])] }));
    await store.close();
    const { records, totals } = await (await bench.open()).sync(request({ counters: [counted([])] }));
    expect({ records, totals }).toEqual({ records: a, totals: new Map([['total', new Map([['a', [1]]])]]) });
  });

  check('ends its own feed when it closes, and leaves other stores at work', async (bench, context) => {
    const [one, two, three] = [await bench.open(), await bench.open(), await bench.open()];
    context.skip(one === two, 'All share one store, so nobody may close it before all are done.');
    const [closed, open] = [await bench.listen(two), await bench.listen(three)];
    await two.close();
    await one.sync(request({ facts: a }));
    await bench.expectTold(open, 'a');
    expect(await recordsOf(three)).toEqual(a);
    expect(closed.changes).toEqual([]);
  });
}

import { expect } from 'vitest';
import { cooling, countersOf, recordsOf, request, type StoreCheck } from './store-bench.ts';

const a = new Map([['a', cooling(1)]]);
const last = new Map([['last', cooling(1)]]);

/** Declares the checks of the change feed and of closing a store. */
export function describeStoreFeed(check: StoreCheck): void {
  check(
    'notifies subscribers of changes by another store, with its instance',
    'Publish each changed record with the instance of the request, to all stores of the backend.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const feed = await bench.listen(two);
      await one.sync(request({ instance: 'writer', facts: a }));
      await bench.expectChange(feed, 'a');
      expect(feed.changes.map(({ instance, records }) => ({ instance, records }))).toEqual([
        { instance: 'writer', records: a },
      ]);
    },
  );

  check(
    'publishes the joined record',
    'Publish the result of joinRecords, not the fact from the request.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      await one.sync(request({ facts: new Map([['a', cooling(9)]]) }));
      await bench.expectSoon(async () => (await recordsOf(two)).size, 1);
      const feed = await bench.listen(two);
      await one.sync(request({ facts: new Map([['a', cooling(1, { level: 4 })]]) }));
      await bench.expectChange(feed, 'a');
      expect(feed.changes.at(-1)?.records.get('a')).toEqual(cooling(9, { level: 4 }));
    },
  );

  check(
    'publishes changes with rising cursors that sync continues from',
    'Publish the cursor of the pool after the change.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const feed = await bench.listen(two);
      await one.sync(request({ facts: a }));
      await bench.expectChange(feed, 'a');
      await one.sync(request({ facts: last }));
      await bench.expectChange(feed, 'last');
      const [first, second] = feed.changes.map(({ cursor }) => cursor);
      expect(second?.incarnation).toBe(first?.incarnation);
      expect(second?.version).toBeGreaterThan(first?.version ?? Infinity);
      const rest = await two.sync(request({ instance: 'two', seen: first }));
      expect(rest.records).toEqual(rest.full ? new Map([...a, ...last]) : last);
    },
  );

  check(
    'publishes nothing when no record changes',
    'Publish only records that joinRecords has changed, and never counters.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const feed = await bench.listen(two);
      for (const instance of ['one', 'one', 'two']) await one.sync(request({ instance, facts: a }));
      await one.sync(request({ counters: [countersOf([['a', [1]]])] }));
      await one.sync(request({ facts: last }));
      await bench.expectChange(feed, 'last');
      expect(feed.changes.map(({ records }) => [...records.keys()])).toEqual([['a'], ['last']]);
    },
  );

  check('notifies subscribers of their own pool only', 'Filter changes by the exact pool name.', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const feeds = [await bench.listen(two, 'a'), await bench.listen(two, 'a/b')] as const;
    await one.sync(request({ pool: 'a/b', facts: last }));
    await one.sync(request({ pool: 'a', facts: a }));
    await bench.expectChange(feeds[0], 'a');
    await bench.expectChange(feeds[1], 'last');
    expect(feeds.map(({ changes }) => changes.length)).toEqual([1, 1]);
  });

  check(
    'notifies every subscriber until it unsubscribes',
    'Remove only the listener of that subscription; a second call of the function does nothing.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const [gone, here] = [await bench.listen(two), await bench.listen(two)];
      await one.sync(request({ facts: a }));
      await bench.expectChange(gone, 'a');
      await bench.expectChange(here, 'a');
      await gone.stop();
      await gone.stop();
      await one.sync(request({ facts: last }));
      await bench.expectChange(here, 'last');
      expect(gone.changes.map(({ records }) => [...records.keys()])).toEqual([['a']]);
    },
  );

  check(
    'isolates a subscriber that throws',
    'Catch what listeners throw; sync must resolve and other listeners must be called.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const gap = (): void => {};
      const change = (): never => {
        throw new Error('The listener fails.');
      };
      await two.subscribe('openai', { change, gap });
      const feed = await bench.listen(two);
      for (const facts of [a, last]) await expect(one.sync(request({ facts }))).resolves.toBeDefined();
      await bench.expectChange(feed, 'a');
      await bench.expectChange(feed, 'last');
    },
  );

  check('can be closed twice', 'Make close() idempotent.', async (bench) => {
    const store = await bench.open();
    await store.sync(request({ facts: a }));
    await bench.listen(store);
    await expect(store.close()).resolves.toBeUndefined();
    await expect(store.close()).resolves.toBeUndefined();
  });

  check(
    'keeps everything after the last store closes',
    'Keep the data in the backend when close() is called.',
    async (bench) => {
      const store = await bench.open();
      await store.sync(request({ facts: a, counters: [countersOf([['a', [1]]])] }));
      await store.close();
      const { records, totals } = await (await bench.open()).sync(request({ counters: [countersOf([])] }));
      expect({ records, totals }).toEqual({ records: a, totals: new Map([['total', new Map([['a', [1]]])]]) });
    },
  );

  check(
    'ends only its own feed when it closes',
    'close() must end the subscriptions of this store and leave other stores alone.',
    async (bench, context) => {
      const [one, two, three] = [await bench.open(), await bench.open(), await bench.open()];
      context.skip(one === two, 'All callers share one store, so closing it would close it for all of them.');
      const [closed, open] = [await bench.listen(two), await bench.listen(three)];
      await two.close();
      await one.sync(request({ facts: a }));
      await bench.expectChange(open, 'a');
      expect(await recordsOf(three)).toEqual(a);
      expect(closed.changes).toEqual([]);
    },
  );
}

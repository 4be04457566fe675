import { expect } from 'vitest';
import { cooling, counted, request, type StoreCheck } from './store-bench.ts';

const a = new Map([['a', cooling(1)]]);
const b = new Map([['b', cooling(2)]]);

/** Cursors: what has changed since `seen`, and when a store has to tell everything. */
export function describeStoreCursors(check: StoreCheck): void {
  check('starts empty, and says so in full', async (bench) => {
    const { records, full, cursor } = await (await bench.open()).sync(request());
    expect({ full, records }).toEqual({ full: true, records: new Map() });
    expect({ incarnation: typeof cursor.incarnation, version: typeof cursor.version }).toEqual({
      incarnation: 'string',
      version: 'number',
    });
  });

  check('keeps its version when nothing has changed', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    expect((await store.sync(request())).cursor).toEqual(cursor);
    expect((await store.sync(request({ instance: 'two', facts: a }))).cursor).toEqual(cursor);
    expect((await store.sync(request({ facts: new Map([['a', cooling(0)]]) }))).cursor).toEqual(cursor);
  });

  check('keeps its version when only counters have grown', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    expect((await store.sync(request({ counters: [counted([['a', [1]]])] }))).cursor).toEqual(cursor);
  });

  check('raises its version when a record has changed', async (bench) => {
    const store = await bench.open();
    let { cursor } = await store.sync(request());
    for (const facts of [a, b, new Map([['a', cooling(5)]])]) {
      const next = (await store.sync(request({ facts }))).cursor;
      expect(next.incarnation).toBe(cursor.incarnation);
      expect(next.version).toBeGreaterThan(cursor.version);
      cursor = next;
    }
  });

  check('answers an older cursor with what has changed since, or in full', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    const own = await store.sync(request({ facts: b, seen: cursor }));
    const late = await store.sync(request({ seen: cursor }));
    for (const { full, records } of [own, late]) expect(records).toEqual(full ? new Map([...a, ...b]) : b);
  });

  check('answers the newest cursor with nothing, or in full', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    const { full, records } = await store.sync(request({ seen: cursor }));
    expect(records).toEqual(full ? a : new Map());
  });

  check('tells what another store has changed since', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const { cursor } = await one.sync(request({ facts: a }));
    await two.sync(request({ instance: 'two', facts: b }));
    await bench.expectSoon(async () => (await one.sync(request({ seen: cursor }))).records.get('b'), cooling(2));
    const { incarnation, version } = (await one.sync(request())).cursor;
    expect(incarnation !== cursor.incarnation || version > cursor.version).toBe(true);
  });

  check('tells everything to who has seen nothing', async (bench) => {
    const store = await bench.open();
    await store.sync(request({ facts: a }));
    const { full, records } = await store.sync(request({ facts: b }));
    expect({ full, records }).toEqual({ full: true, records: new Map([...a, ...b]) });
  });

  check('tells everything to who comes from another incarnation', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    const { full, records } = await store.sync(request({ seen: { ...cursor, incarnation: 'another' } }));
    expect({ full, records }).toEqual({ full: true, records: a });
  });

  check('tells everything to who has seen more than there is', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    const { full, records } = await store.sync(request({ seen: { ...cursor, version: cursor.version + 100 } }));
    expect({ full, records }).toEqual({ full: true, records: a });
  });

  check('changes nothing when another store is opened', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    await (await bench.open()).sync(request({ instance: 'two' }));
    const { cursor: after, records } = await store.sync(request());
    expect({ cursor: after, records }).toEqual({ cursor, records: a });
  });

  check('tells a plausible time that goes on', async (bench) => {
    const store = await bench.open();
    const { now } = await store.sync(request());
    expect(now).toBeGreaterThan(Date.UTC(2020));
    expect(now).toBeLessThan(Date.UTC(2100));
    await bench.pass(40);
    const passed = (await store.sync(request())).now - now;
    expect(passed).toBeGreaterThanOrEqual(20);
    expect(passed).toBeLessThan(60_000);
  });
}

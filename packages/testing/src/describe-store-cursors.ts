import { expect } from 'vitest';
import { cooling, countersOf, request, type StoreCheck } from './store-bench.ts';

const a = new Map([['a', cooling(1)]]);
const b = new Map([['b', cooling(2)]]);

/** Declares the checks of cursors: what changed since `seen`, and when a reply must be full. */
export function describeStoreCursors(check: StoreCheck): void {
  check(
    'starts empty, with a full reply',
    'Reply to a request without "seen" with full: true, all records and the current cursor.',
    async (bench) => {
      const { records, full, cursor } = await (await bench.open()).sync(request());
      expect({ full, records }).toEqual({ full: true, records: new Map() });
      expect({ incarnation: typeof cursor.incarnation, version: typeof cursor.version }).toEqual({
        incarnation: 'string',
        version: 'number',
      });
    },
  );

  check(
    'keeps its version when no record changes',
    'Raise the version only when joinRecords changes a record (compare with isSameRecord).',
    async (bench) => {
      const store = await bench.open();
      const { cursor } = await store.sync(request({ facts: a }));
      expect((await store.sync(request())).cursor).toEqual(cursor);
      expect((await store.sync(request({ instance: 'two', facts: a }))).cursor).toEqual(cursor);
      expect((await store.sync(request({ facts: new Map([['a', cooling(0)]]) }))).cursor).toEqual(cursor);
    },
  );

  check('keeps its version when only counters grow', 'Do not raise the version for counters.', async (bench) => {
    const store = await bench.open();
    const { cursor } = await store.sync(request({ facts: a }));
    expect((await store.sync(request({ counters: [countersOf([['a', [1]]])] }))).cursor).toEqual(cursor);
  });

  check(
    'raises its version when a record changes',
    'Raise the version of the pool whenever a record changes, and keep the incarnation.',
    async (bench) => {
      const store = await bench.open();
      let { cursor } = await store.sync(request());
      for (const facts of [a, b, new Map([['a', cooling(5)]])]) {
        const next = (await store.sync(request({ facts }))).cursor;
        expect(next.incarnation).toBe(cursor.incarnation);
        expect(next.version).toBeGreaterThan(cursor.version);
        cursor = next;
      }
    },
  );

  check(
    'returns the changes since an older cursor, or everything',
    'Return the records that changed after seen.version with full: false, or all records with full: true.',
    async (bench) => {
      const store = await bench.open();
      const { cursor } = await store.sync(request({ facts: a }));
      const own = await store.sync(request({ facts: b, seen: cursor }));
      const late = await store.sync(request({ seen: cursor }));
      for (const { full, records } of [own, late]) expect(records).toEqual(full ? new Map([...a, ...b]) : b);
    },
  );

  check(
    'returns no records for the newest cursor, or everything',
    'Return no records with full: false when seen is current, or all records with full: true.',
    async (bench) => {
      const store = await bench.open();
      const { cursor } = await store.sync(request({ facts: a }));
      const { full, records } = await store.sync(request({ seen: cursor }));
      expect(records).toEqual(full ? a : new Map());
    },
  );

  check(
    'returns what another store changed',
    'Keep records and versions in the shared backend, and read them from there.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const { cursor } = await one.sync(request({ facts: a }));
      await two.sync(request({ instance: 'two', facts: b }));
      await bench.expectSoon(async () => (await one.sync(request({ seen: cursor }))).records.get('b'), cooling(2));
      const { incarnation, version } = (await one.sync(request())).cursor;
      expect(incarnation !== cursor.incarnation || version > cursor.version).toBe(true);
    },
  );

  check(
    'returns everything without a cursor',
    'Return all records with full: true when the request has no "seen".',
    async (bench) => {
      const store = await bench.open();
      await store.sync(request({ facts: a }));
      const { full, records } = await store.sync(request({ facts: b }));
      expect({ full, records }).toEqual({ full: true, records: new Map([...a, ...b]) });
    },
  );

  check(
    'returns everything for a cursor of another incarnation',
    'Return all records with full: true when seen.incarnation is not that of the pool.',
    async (bench) => {
      const store = await bench.open();
      const { cursor } = await store.sync(request({ facts: a }));
      const { full, records } = await store.sync(request({ seen: { ...cursor, incarnation: 'another' } }));
      expect({ full, records }).toEqual({ full: true, records: a });
    },
  );

  check(
    'returns everything for a cursor ahead of the pool',
    'The backend has lost data: return all records with full: true when seen.version is too high.',
    async (bench) => {
      const store = await bench.open();
      const { cursor } = await store.sync(request({ facts: a }));
      const { full, records } = await store.sync(request({ seen: { ...cursor, version: cursor.version + 100 } }));
      expect({ full, records }).toEqual({ full: true, records: a });
    },
  );

  check(
    'changes nothing when another store opens',
    'Create the incarnation and the version once per backend, not once per store.',
    async (bench) => {
      const store = await bench.open();
      const { cursor } = await store.sync(request({ facts: a }));
      await (await bench.open()).sync(request({ instance: 'two' }));
      const { cursor: after, records } = await store.sync(request());
      expect({ cursor: after, records }).toEqual({ cursor, records: a });
    },
  );

  check(
    'returns a plausible time that advances',
    'Return the current time of the backend as "now", in milliseconds since the epoch.',
    async (bench) => {
      const store = await bench.open();
      const { now } = await store.sync(request());
      expect(now).toBeGreaterThan(Date.UTC(2020));
      expect(now).toBeLessThan(Date.UTC(2100));
      await bench.advance(40);
      const passed = (await store.sync(request())).now - now;
      expect(passed).toBeGreaterThanOrEqual(20);
      expect(passed).toBeLessThan(60_000);
    },
  );
}

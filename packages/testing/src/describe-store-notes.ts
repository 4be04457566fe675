import type { KeyStateStore, Lease } from '@api-key-fallback/core/store';
import { expect, type TestContext } from 'vitest';
import { oddNames } from './describe-store-records.ts';
import type { StoreBench, StoreCheck } from './store-bench.ts';

const longestNote = 65_536;
const hourMs = 3_600_000;

type NoteStore = KeyStateStore & Required<Pick<KeyStateStore, 'readNote'>>;

/** Takes a lease that can be renewed. */
async function take(store: KeyStateStore, name = 'alerts', ttlMs = 60_000): Promise<Required<Lease>> {
  const lease = await store.lease('openai', name, ttlMs);
  expect(lease).toHaveProperty('renew');
  return lease as Required<Lease>;
}

/** Opens two stores; skips the test of a store without renewal and notes. */
async function openTwo(
  bench: StoreBench,
  context: Pick<TestContext, 'skip'>,
): Promise<readonly [NoteStore, NoteStore]> {
  const stores = [await bench.open(), await bench.open()] as const;
  const lease = await stores[0].lease('openai', 'has renew()', 60_000);
  const without = 'It has neither renew() nor readNote(), so each process sends its own alerts.';
  context.skip(!lease?.renew && !stores[0].readNote, without);
  for (const store of stores) expect(store).toHaveProperty('readNote');
  return stores as unknown as readonly [NoteStore, NoteStore];
}

/** Declares the checks of leases that are renewed, and of the notes that a holder leaves to the next one. */
export function describeStoreNotes(check: StoreCheck): void {
  check(
    'renews a lease from now, for a longer or a shorter time',
    'End a renewed lease ttlMs after the last renew().',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      let tries = 0;
      // On a slow machine, the lease can expire before it is renewed.
      await bench.expectSoon(async () => (await take(one, `longer ${++tries}`, 80)).renew(60_000), true);
      await bench.advance(100);
      expect(await two.lease('openai', `longer ${tries}`, 60_000)).toBeNull();

      expect(await (await take(one, 'shorter')).renew(40)).toBe(true);
      await bench.advance(60);
      await bench.expectSoon(async () => (await two.lease('openai', 'shorter', 60_000)) !== null, true);
    },
  );

  check(
    'renews no lease that was released',
    'Resolve renew() to false unless the lease is still the same one.',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      const lease = await take(one);
      await lease.release();
      expect(await lease.renew(60_000)).toBe(false);
      expect(await two.lease('openai', 'alerts', 60_000)).not.toBeNull();
    },
  );

  check(
    'neither renews a lease that has expired, nor writes its note',
    'Compare the token of the lease and write the note in one atomic step: a process that was suspended must not overwrite ' +
      'the note of the next holder.',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      const over = await take(one, 'alerts', 40);
      await bench.advance(60);
      let next: Lease | null = null;
      await bench.expectSoon(async () => (next = await two.lease('openai', 'alerts', 60_000)) !== null, true);
      expect(await over.renew(60_000, 'late')).toBe(false);
      expect(await two.readNote('openai', 'alerts')).toBeUndefined();
      const current = next as Required<Lease> | null;
      expect(await current?.renew(60_000, 'in time')).toBe(true);
      expect(await over.renew(60_000, 'late')).toBe(false);
      expect(await two.readNote('openai', 'alerts')).toBe('in time');
    },
  );

  check(
    'keeps the note of a lease for the next holder',
    'Keep the note when the lease is renewed without one, released or taken again.',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      expect(await two.readNote('openai', 'alerts')).toBeUndefined();
      const first = await take(one);
      expect(await first.renew(60_000, 'first')).toBe(true);
      expect(await two.readNote('openai', 'alerts')).toBe('first');
      await first.renew(60_000);
      await first.release();
      expect(await two.readNote('openai', 'alerts')).toBe('first');
      const second = await take(two);
      expect(await second.renew(60_000)).toBe(true);
      expect(await one.readNote('openai', 'alerts')).toBe('first');
      await second.renew(60_000, 'second');
      await second.release();
      expect(await one.readNote('openai', 'alerts')).toBe('second');
    },
  );

  check(
    'keeps a note for a day after the last renewal, with or without a note',
    'Drop a note one day after the lease was last renewed, not one day after the note was written.',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      context.skip(!bench.canAdvance, 'The clock of its backend cannot be moved.');
      const lease = await take(one, 'alerts', 20 * hourMs);
      expect(await lease.renew(20 * hourMs, 'kept')).toBe(true);
      await bench.advance(18 * hourMs);
      expect(await lease.renew(60_000)).toBe(true);
      await bench.advance(18 * hourMs);
      expect(await two.readNote('openai', 'alerts')).toBe('kept');
    },
  );

  check(
    'keeps any note up to 64 KiB',
    'Store the text as it is: without a limit below 64 KiB, in UTF-8, and with control characters.',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      const lease = await take(one);
      for (const note of ['', 'ä\n"\0\u{1f511}\\', '€'.repeat(longestNote / 3), 'x'.repeat(longestNote)]) {
        expect(await lease.renew(60_000, note)).toBe(true);
        expect(await two.readNote('openai', 'alerts')).toBe(note);
      }
    },
  );

  check(
    'keeps the notes of pools and names apart, with any name',
    'Encode pool and name before you join them to one key, so that no two combinations collide.',
    async (bench, context) => {
      const [one, two] = await openTwo(bench, context);
      const names = oddNames.flatMap((name) => [['openai', name] as const, [name, 'openai'] as const]);
      for (const [pool, name] of names) {
        const lease = await one.lease(pool, name, 60_000);
        expect(await lease?.renew?.(60_000, JSON.stringify([pool, name]))).toBe(true);
      }
      for (const [pool, name] of names) expect(await two.readNote(pool, name)).toBe(JSON.stringify([pool, name]));
    },
  );
}

import { expect } from 'vitest';
import { oddNames } from './describe-store-records.ts';
import type { StoreCheck } from './store-bench.ts';

/** Declares the checks of leases: one holder at a time, for a limited time. */
export function describeStoreLeases(check: StoreCheck): void {
  check(
    'leases a name to one store at a time',
    'Return null while a lease of the same pool and name is held, also to its holder.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      expect(await one.lease('openai', 'probe', 60_000)).not.toBeNull();
      expect(await two.lease('openai', 'probe', 60_000)).toBeNull();
      expect(await one.lease('openai', 'probe', 60_000)).toBeNull();
    },
  );

  check(
    'grants a lease to one of many concurrent requests',
    'Make checking and taking a lease one atomic step, such as SET NX or an exclusive file.',
    async (bench) => {
      const stores = [await bench.open(), await bench.open(), await bench.open(), await bench.open()];
      const requested = [...stores, ...stores].map((store) => store.lease('openai', 'probe', 60_000));
      const leases = await Promise.all(requested);
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
    },
  );

  check(
    'grants a released lease again',
    'Delete the lease on release(), and only while it is still the same lease.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const lease = await one.lease('openai', 'probe', 60_000);
      await lease?.release();
      expect(await two.lease('openai', 'probe', 60_000)).not.toBeNull();
      await lease?.release();
      expect(await one.lease('openai', 'probe', 60_000)).toBeNull();
    },
  );

  check('grants an expired lease again, and not before', 'End each lease after its own ttlMs.', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    await one.lease('openai', 'long', 60_000);
    await one.lease('openai', 'short', 40);
    await bench.advance(60);
    await bench.expectSoon(async () => (await two.lease('openai', 'short', 60_000)) !== null, true);
    expect(await two.lease('openai', 'long', 60_000)).toBeNull();
  });

  check(
    'ignores a release after the lease has expired',
    'Identify each lease by a unique token, and delete it only when the token matches.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const over = await one.lease('openai', 'probe', 40);
      await bench.advance(60);
      await bench.expectSoon(async () => (await two.lease('openai', 'probe', 60_000)) !== null, true);
      await over?.release();
      expect(await one.lease('openai', 'probe', 60_000)).toBeNull();
    },
  );

  check(
    'keeps leases of pools and names apart, with any name',
    'Encode pool and name before you join them to one key, so that no two combinations collide.',
    async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const names = oddNames.flatMap((name) => [['openai', name] as const, [name, 'openai'] as const]);
      for (const [pool, name] of names) expect(await one.lease(pool, name, 60_000)).not.toBeNull();
      for (const [pool, name] of names) expect(await two.lease(pool, name, 60_000)).toBeNull();
      expect(await two.lease('a', 'b/openai', 60_000)).not.toBeNull();
    },
  );
}

import { expect } from 'vitest';
import { oddNames } from './describe-store-records.ts';
import type { StoreCheck } from './store-bench.ts';

/** Leases: one holder at a time, for a limited time. */
export function describeStoreLeases(check: StoreCheck): void {
  check('leases a name to one store at a time', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    expect(await one.lease('openai', 'probe', 60_000)).not.toBeNull();
    expect(await two.lease('openai', 'probe', 60_000)).toBeNull();
    expect(await one.lease('openai', 'probe', 60_000)).toBeNull();
  });

  check('leases to exactly one of many that ask at once', async (bench) => {
    const stores = [await bench.open(), await bench.open(), await bench.open(), await bench.open()];
    const asked = [...stores, ...stores].map((store) => store.lease('openai', 'probe', 60_000));
    const leases = await Promise.all(asked);
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  });

  check('leases again what was released', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const lease = await one.lease('openai', 'probe', 60_000);
    await lease?.release();
    expect(await two.lease('openai', 'probe', 60_000)).not.toBeNull();
    await lease?.release();
    expect(await one.lease('openai', 'probe', 60_000)).toBeNull();
  });

  check('leases again what has run out, and not before', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    await one.lease('openai', 'long', 60_000);
    await one.lease('openai', 'short', 40);
    await bench.pass(60);
    await bench.expectSoon(async () => (await two.lease('openai', 'short', 60_000)) !== null, true);
    expect(await two.lease('openai', 'long', 60_000)).toBeNull();
  });

  check('lets a holder whose time is over release nothing', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const over = await one.lease('openai', 'probe', 40);
    await bench.pass(60);
    await bench.expectSoon(async () => (await two.lease('openai', 'probe', 60_000)) !== null, true);
    await over?.release();
    expect(await one.lease('openai', 'probe', 60_000)).toBeNull();
  });

  check('keeps leases of pools and names apart, whatever their names', async (bench) => {
    const [one, two] = [await bench.open(), await bench.open()];
    const names = oddNames.flatMap((name) => [['openai', name] as const, [name, 'openai'] as const]);
    for (const [pool, name] of names) expect(await one.lease(pool, name, 60_000)).not.toBeNull();
    for (const [pool, name] of names) expect(await two.lease(pool, name, 60_000)).toBeNull();
    expect(await two.lease('a', 'b/openai', 60_000)).not.toBeNull();
  });
}

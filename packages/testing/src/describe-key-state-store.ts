import { describe, expect, it } from 'vitest';
import { describeStoreCounters } from './describe-store-counters.ts';
import { describeStoreCursors } from './describe-store-cursors.ts';
import { describeStoreFeed } from './describe-store-feed.ts';
import { describeStoreLeases } from './describe-store-leases.ts';
import { describeStoreRecords } from './describe-store-records.ts';
import { StoreBench, type StoreBackend, type StoreCheck } from './store-bench.ts';
import { isName } from './verdict-mistakes.ts';

/** Options of `describeKeyStateStore`. */
export interface KeyStateStoreSuiteOptions {
  /** How long the stores of one backend may take to see each other, in ms. @default 3000 */
  readonly patienceMs?: number;
}

/**
 * Declares the Vitest suite that every {@link KeyStateStore} must pass.
 *
 * `create` gives each test an empty backend of its own, on which the test opens one or more stores.
 *
 * @example
 * describeKeyStateStore('FileStore', async () => {
 *   const directory = await mkdtemp(join(tmpdir(), 'key-state-'));
 *   return {
 *     open: () => new FileStore(directory),
 *     dispose: () => rm(directory, { recursive: true }),
 *   };
 * });
 */
export function describeKeyStateStore(
  name: string,
  create: () => Promise<StoreBackend> | StoreBackend,
  { patienceMs = 3000 }: KeyStateStoreSuiteOptions = {},
): void {
  const check: StoreCheck = (does, run) => {
    it(`it ${does}`, { timeout: 20_000 + 5 * patienceMs }, async (context) => {
      expect.hasAssertions();
      const bench = new StoreBench(await create(), patienceMs);
      try {
        await run(bench, context);
      } finally {
        await bench.dispose();
      }
    });
  };

  describe(`${name} as a key state store`, () => {
    check('has a kind that a log line can hold', async (bench) => {
      expect(isName((await bench.open()).kind)).toBe(true);
    });

    describeStoreRecords(check);
    describeStoreCursors(check);
    describeStoreCounters(check);
    describeStoreFeed(check);
    describeStoreLeases(check);
  });
}

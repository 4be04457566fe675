import { checkOptionNames } from '@api-key-fallback/core/store';
import { describe, expect, it, type TestContext } from 'vitest';
import { describeStoreCounters } from './describe-store-counters.ts';
import { describeStoreCursors } from './describe-store-cursors.ts';
import { describeStoreFeed } from './describe-store-feed.ts';
import { describeStoreLeases } from './describe-store-leases.ts';
import { describeStoreNotes } from './describe-store-notes.ts';
import { describeStoreRecords } from './describe-store-records.ts';
import { StoreBench, type StoreBackend, type StoreCheck } from './store-bench.ts';
import { isName } from './verdict-mistakes.ts';
import { withFix } from './with-fix.ts';

/** Options of {@link describeKeyStateStore}. */
export interface KeyStateStoreSuiteOptions {
  /** How long stores may take to see each other's changes, in ms. @default 3000 */
  readonly patienceMs?: number;
}

const optionNames = new Set(['patienceMs']);

/**
 * Declares the Vitest tests that every `KeyStateStore` must pass.
 *
 * Call it at the top level of a test file or in `describe`. A failing test says what the store must do differently.
 *
 * @param name Names the store in the test report.
 * @param create Creates an empty backend for each test, on which the test opens one or more stores.
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
  options: KeyStateStoreSuiteOptions = {},
): void {
  checkOptionNames('options', options, optionNames, '{ patienceMs: 3000 }');
  const { patienceMs = 3000 } = options;
  const check: StoreCheck = (does, fix, run) => {
    async function runOnBench(context: TestContext): Promise<void> {
      expect.hasAssertions();
      const bench = new StoreBench(await create(), patienceMs);
      try {
        await run(bench, context);
      } finally {
        await bench.dispose();
      }
    }
    it(`it ${does}`, { timeout: 20_000 + 5 * patienceMs }, withFix(fix, runOnBench));
  };

  describe(`${name} as a key state store`, () => {
    check('has a valid kind', 'Set "kind" to a short name for log lines, for example "redis".', async (bench) => {
      expect(isName((await bench.open()).kind)).toBe(true);
    });

    describeStoreRecords(check);
    describeStoreCursors(check);
    describeStoreCounters(check);
    describeStoreFeed(check);
    describeStoreLeases(check);
    describeStoreNotes(check);
  });
}

import { expect, it } from 'vitest';
import { runWithGc } from '../run-with-gc.ts';

it.each(['without a store', 'with a store'])('ten thousand rotations leave memory level (%s)', async (scenario) => {
  const { grownBytes, slower, kept } = (await runWithGc('rotating-keys-child', scenario)) as Record<string, never>;
  // The last thousand removed keys stay known to the redactor, because they may still be valid.
  expect(kept).toEqual([false, true, true]);
  // 8,000 rotations that each left a key would be more than 8 MB.
  expect(grownBytes).toBeLessThan(2_000_000);
  // A redaction that searched for each key would take five times as long, and a busy machine doubles the time.
  expect(slower).toBeLessThan(4.5);
});

import { expect, it } from 'vitest';
import { runWithGc } from '../run-with-gc.ts';

it.each(['no store', 'store'])('8,000 operations that fail and all differ keep no memory: %s', async (scenario) => {
  await expect(runWithGc('many-operations-child', scenario)).resolves.toBeLessThan(3_000_000);
});

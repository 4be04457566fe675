import { expect, it } from 'vitest';
import { runWithGc } from '../run-with-gc.ts';

it.each(['dropped', 'closed'])('the keys of managers that were %s do not stay known', async (scenario) => {
  await expect(runWithGc('dropped-managers-child', scenario)).resolves.toEqual({ known: [0], kept: 1 });
});

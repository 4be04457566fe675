import { expect, it } from 'vitest';
import { quotaUnits } from '../src/quota-units.ts';

it.each([
  ['videos.list', 1],
  ['search.list', 1],
  ['videos.batchGetStats', 1],
  ['videos.getRating', 1],
  ['videos.insert', 1],
  ['videos.update', 50],
  ['videos.rate', 50],
  ['comments.setModerationStatus', 50],
  ['playlistItems.delete', 50],
  ['captions.list', 50],
  ['captions.insert', 400],
  ['captions.update', 450],
  ['captions.delete', 50],
  ['weekly report', 1],
  [undefined, 1],
])('%s costs %i', (operation, units) => {
  expect(quotaUnits(operation)).toBe(units);
});

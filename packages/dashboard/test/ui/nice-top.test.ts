import { expect, it } from 'vitest';
import { niceTop } from '../../ui/src/provider/nice-top.ts';

it('is the next round number', () => {
  expect([4, 7, 11, 13, 21, 26, 110, 450, 9001].map(niceTop)).toEqual([4, 8, 12, 16, 24, 30, 120, 500, 10_000]);
});

it('keeps a number that is round', () => {
  for (const round of [4, 5, 10, 120, 1600, 24_000, 1_000_000]) expect(niceTop(round)).toBe(round);
});

it('has a half that is whole from 10', () => {
  for (let value = 10; value < 2000; value += 7) expect(niceTop(value) % 2).toBe(0);
});

it('wastes a quarter of the height at most', () => {
  for (let value = 4; value < 2000; value++) expect(value / niceTop(value)).toBeGreaterThan(0.75);
});

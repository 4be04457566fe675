import { expect, it } from 'vitest';
import { Counts } from '../../src/limits/counts.ts';
import { Meters } from '../../src/limits/meters.ts';

const sharing = { processes: 1, answers: 0, isStale: false };
const time = { now: 0, day: '2026-11-22', sharing, toMidnightMs: () => 3_600_000 };
const amounts = { requests: 1, tokens: 30, units: 1 };

it('counts reserved room as used in the share that is left', () => {
  const meters = new Meters({ requestsPerMinute: 10, tokensPerDay: 100 }, new Counts());
  expect(meters.shareLeft(time)).toBe(1);
  meters.counts.reserve(amounts, 1);
  expect(meters.shareLeft(time)).toBe(0.7);
  meters.counts.begin(amounts, time);
  expect(meters.shareLeft(time)).toBe(0.4);
  meters.counts.reserve(amounts, -1);
  expect(meters.shareLeft(time)).toBe(0.7);
  meters.counts.begin({ ...amounts, tokens: 500 }, time);
  expect(meters.shareLeft(time)).toBe(0);
});

it('has all left of nothing', () => {
  expect(new Meters({}, new Counts()).shareLeft(time)).toBe(1);
});

import { describe, expect, it } from 'vitest';
import { timeTicks } from '../../ui/src/provider/time-ticks.ts';

/** The start of each point, by the local clock. */
function timesUntil(hours: number, minutes: number, stepMinutes: number, points: number): number[] {
  const last = new Date(2026, 0, 15, hours, minutes).getTime();
  return Array.from({ length: points }, (_, index) => last - (points - 1 - index) * stepMinutes * 60_000);
}

describe.each([
  ['10 minutes', timesUntil(14, 33, 1 / 6, 60), ['14:24', '14:26', '14:28', '14:30', '14:32']],
  ['an hour', timesUntil(14, 33, 1, 60), ['13:40', '13:50', '14:00', '14:10', '14:20', '14:30']],
  ['a day', timesUntil(9, 45, 15, 96), ['12:00', '16:00', '20:00', '00:00', '04:00', '08:00']],
])('the ticks of %s', (_, times, expected) => {
  const ticks = timeTicks(times);

  it('are at round times', () => {
    expect(ticks.map(({ text }) => text)).toEqual(expected);
  });

  it('are at the points of these times', () => {
    const texts = ticks.map(({ index }) => new Date(times[index] ?? 0).toTimeString().slice(0, 5));
    expect(texts).toEqual(expected);
  });
});

it('includes the first point', () => {
  expect(timeTicks(timesUntil(14, 59, 1, 60))[0]).toEqual({ index: 0, text: '14:00' });
});

it('has no ticks without points', () => {
  expect(timeTicks([])).toEqual([]);
});

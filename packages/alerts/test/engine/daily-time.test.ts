import { expect, it } from 'vitest';
import { DailyTime } from '../../src/engine/daily-time.ts';

/** Whether it is due then. If it is, it is done. */
function isDoneAt(daily: DailyTime, time: string): boolean {
  const epochMs = Date.parse(time);
  const isDue = daily.isDue(epochMs);
  if (isDue) daily.note(epochMs);
  return isDue;
}

it('is due each day after a clock that was ahead is set back', () => {
  const daily = new DailyTime({ at: '09:00', timeZone: 'UTC' }, Date.parse('2026-03-02T08:59:00Z'));
  expect(isDoneAt(daily, '2026-03-02T09:00:00Z')).toBe(true);
  expect(isDoneAt(daily, '2026-04-01T09:05:00Z')).toBe(true);
  isDoneAt(daily, '2026-03-02T09:10:00Z');
  expect(isDoneAt(daily, '2026-03-02T09:11:00Z')).toBe(false);
  expect(isDoneAt(daily, '2026-03-03T09:00:00Z')).toBe(true);
});

it('is not due again after a clock is corrected', () => {
  const daily = new DailyTime({ at: '00:00', timeZone: 'UTC' }, Date.parse('2026-03-02T12:00:00Z'));
  expect(isDoneAt(daily, '2026-03-03T00:00:00Z')).toBe(true);
  expect(isDoneAt(daily, '2026-03-02T23:59:59Z')).toBe(false);
  expect(isDoneAt(daily, '2026-03-03T00:00:01Z')).toBe(false);
});

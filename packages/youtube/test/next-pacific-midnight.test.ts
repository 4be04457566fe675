import { expect, it } from 'vitest';
import { nextPacificMidnight } from '../src/next-pacific-midnight.ts';

it.each([
  ['2026-11-22T18:00Z', '2026-11-23T08:00Z', 'in winter'],
  ['2026-03-07T23:00Z', '2026-03-08T08:00Z', 'before the day on which summer time begins'],
  ['2026-03-08T12:00Z', '2026-03-09T07:00Z', 'on the day on which summer time begins'],
  ['2026-10-31T20:00Z', '2026-11-01T07:00Z', 'before the day on which summer time ends'],
  ['2026-11-01T08:00Z', '2026-11-02T08:00Z', 'on the day on which summer time ends'],
  ['2026-11-01T08:30Z', '2026-11-02T08:00Z', 'in the first of the two hours between 1 and 2'],
  ['2026-11-01T09:30Z', '2026-11-02T08:00Z', 'in the second of the two hours between 1 and 2'],
  ['2026-07-01T06:59:59Z', '2026-07-01T07:00Z', 'a second before midnight'],
  ['2026-07-01T06:59:59.999Z', '2026-07-01T07:00Z', 'a millisecond before midnight'],
  ['2026-07-01T07:00Z', '2026-07-02T07:00Z', 'at midnight'],
  ['2026-07-01T07:00:00.001Z', '2026-07-02T07:00Z', 'a millisecond after midnight'],
  ['2027-01-01T07:59Z', '2027-01-01T08:00Z', 'on the last day of a year'],
])('from %s is %s: %s', (now, midnight) => {
  expect(new Date(nextPacificMidnight(Date.parse(now)))).toEqual(new Date(midnight));
});

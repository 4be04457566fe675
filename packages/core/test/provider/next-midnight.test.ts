import { nextMidnight } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';

function expectMidnight(timeZone: string, now: string, midnight: string): void {
  expect(new Date(nextMidnight(Date.parse(now), timeZone))).toEqual(new Date(midnight));
}

describe('the next midnight in Los Angeles', () => {
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
    expectMidnight('America/Los_Angeles', now, midnight);
  });
});

describe('the next midnight in other time zones', () => {
  it.each([
    ['UTC', '2026-02-28T23:59Z', '2026-03-01T00:00Z', 'at the end of a month'],
    ['America/Sao_Paulo', '2026-07-01T12:00Z', '2026-07-02T03:00Z', 'without summer time'],
    ['Asia/Kathmandu', '2026-07-01T12:07Z', '2026-07-01T18:15Z', 'with an offset of quarters of an hour'],
    ['Africa/Cairo', '2026-04-23T20:00Z', '2026-04-23T22:00Z', 'when the clocks skip midnight and the day begins at 1'],
  ])('in %s from %s is %s: %s', (timeZone, now, midnight) => {
    expectMidnight(timeZone, now, midnight);
  });

  it('does not exist in an unknown time zone', () => {
    expect(() => nextMidnight(0, 'Mars/Olympus')).toThrow(RangeError);
  });
});

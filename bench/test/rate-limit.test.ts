import { describe, expect, it } from 'vitest';
import { fixedWindow, refillingBucket, slidingWindow } from '../goodput/rate-limit.ts';

describe('slidingWindow', () => {
  it('accepts the next request when the oldest one is 60 s old', () => {
    const limit = slidingWindow(2);
    expect([0, 10_000, 20_000].map((now) => limit.take(now))).toEqual([0, 0, 40_000]);
    expect(limit.take(59_999)).toBe(1);
    expect(limit.take(60_000)).toBe(0);
    expect(limit.take(60_001)).toBe(9999);
  });
});

describe('fixedWindow', () => {
  it('starts again each minute', () => {
    const limit = fixedWindow(2);
    expect([50_000, 55_000, 59_000].map((now) => limit.take(now))).toEqual([0, 0, 1000]);
    expect([60_000, 60_001, 60_002].map((now) => limit.take(now))).toEqual([0, 0, 59_998]);
  });
});

describe('refillingBucket', () => {
  it('accepts a burst when it is full, then one request per token', () => {
    const limit = refillingBucket(60);
    expect(Array.from({ length: 60 }, () => limit.take(0))).toEqual(Array.from({ length: 60 }, () => 0));
    expect(limit.take(250)).toBe(750);
    expect(limit.take(1000)).toBe(0);
    expect(limit.take(1000)).toBe(1000);
  });

  it('never holds more than its limit', () => {
    const limit = refillingBucket(1);
    expect([600_000, 600_000].map((now) => limit.take(now))).toEqual([0, 60_000]);
  });
});

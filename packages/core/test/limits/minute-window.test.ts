import { array, assert as check, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteWindow } from '../../src/limits/minute-window.ts';

describe('MinuteWindow', () => {
  it('counts what began in the last minute', () => {
    const window = new MinuteWindow();
    window.add(3, 1_000_500);
    window.add(2, 1_030_000);
    expect([window.total(1_030_000), window.total(1_060_999), window.total(1_061_000)]).toEqual([5, 5, 2]);
    expect(window.total(2_000_000)).toBe(0);
  });

  it('tells exactly when there is room', () => {
    const window = new MinuteWindow();
    window.add(3, 1_000_500);
    window.add(2, 1_030_000);
    expect(window.roomInMs(1, 6, 1_040_000)).toBe(0);
    expect(window.roomInMs(2, 6, 1_040_000)).toBe(21_000);
    expect(window.roomInMs(5, 6, 1_040_000)).toBe(51_000);
    expect(window.roomInMs(9, 6, 1_040_000)).toBe(51_000);
    expect(window.roomInMs(9, 6, 1_091_000)).toBe(0);
  });

  it('corrects an amount in its own second, and never below nothing', () => {
    const window = new MinuteWindow();
    const slot = window.add(100, 1_000_500);
    window.correct(slot, 50, 1_030_000);
    expect(window.total(1_030_000)).toBe(150);
    window.correct(slot, -500, 1_030_000);
    expect(window.total(1_030_000)).toBe(0);
    window.correct(slot, 7, 1_070_000);
    expect(window.total(1_070_000)).toBe(0);
  });

  it('does not go back with its clock', () => {
    const window = new MinuteWindow();
    window.add(1, 1_005_000);
    window.add(1, 1_000_000);
    expect(window.total(1_000_000)).toBe(2);
    expect(window.roomInMs(1, 2, 1_060_000)).toBe(6000);
  });

  it('never lets more than the limit begin in any 60 s, and lets the rest begin as soon as it says', () => {
    const steps = array(record({ waitMs: nat(20_000), amount: integer({ min: 1, max: 9 }) }), {
      maxLength: 80,
    });
    check(
      property(steps, integer({ min: 9, max: 30 }), (attempts, limit) => {
        const window = new MinuteWindow();
        const begun: { readonly atMs: number; readonly amount: number }[] = [];
        let now = 1_000_000;
        for (const { waitMs, amount } of attempts) {
          now += waitMs;
          const roomInMs = window.roomInMs(amount, limit, now);
          const justBefore = window.roomInMs(amount, limit, now + Math.max(0, roomInMs - 1));
          expect(justBefore).toBe(Math.min(1, roomInMs));
          now += roomInMs;
          expect(window.roomInMs(amount, limit, now)).toBe(0);
          window.add(amount, now);
          begun.push({ atMs: now, amount });
          const inMinute = begun
            .filter(({ atMs }) => atMs > now - 60_000)
            .reduce((sum, begin) => sum + begin.amount, 0);
          expect(inMinute).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 200 },
    );
  });
});

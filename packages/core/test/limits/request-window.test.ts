import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestWindow, type RequestMark } from '../../src/limits/request-window.ts';

const startMs = 1_800_000_000_000;

function windowWith(...timesMs: readonly number[]): RequestWindow {
  const window = new RequestWindow();
  for (const [index, ms] of timesMs.entries()) window.add(startMs + ms, index + 1);
  return window;
}

describe('RequestWindow', () => {
  it('marks each request with the counts at its start', () => {
    const window = windowWith(0, 500);
    expect(window.add(startMs + 1000, 3)).toMatchObject({ sequence: 3, count: 3, sureCount: 3 });
    expect(window.add(startMs + 2000, 4)).toMatchObject({ sequence: 4, count: 4, sureCount: 4 });
    expect(window.add(startMs + 30_000, 5)).toMatchObject({ sequence: 5, count: 5, sureCount: 5 });
  });

  it('is not sure of the oldest seconds, and lets go of requests after a minute', () => {
    const window = windowWith(0, 10_000);
    window.count(startMs + 57_999);
    expect(window.sureCount).toBe(2);
    expect(window.count(startMs + 58_000)).toBe(2);
    expect(window.sureCount).toBe(1);
    expect(window.count(startMs + 61_000)).toBe(1);
    expect(window.count(startMs + 71_000)).toBe(0);
  });

  it('has room when its oldest request leaves', () => {
    const window = windowWith(0, 10_000);
    expect(window.roomInMs(startMs + 20_000)).toBe(41_000);
    expect(window.roomInMs(startMs + 80_000)).toBe(Infinity);
  });

  it('takes a request back while it counts', () => {
    const window = new RequestWindow();
    const [first] = [window.add(startMs, 1), window.add(startMs + 5000, 2)];
    window.takeBack(first, startMs + 6000);
    expect(window.count(startMs + 6000)).toBe(1);
    expect(window.roomInMs(startMs + 6000)).toBe(60_000);
    window.takeBack(first, startMs + 100_000);
    expect(window.count(startMs + 100_000)).toBe(0);
  });

  it('counts like a list of all requests', () => {
    const step = fc.record({ ms: fc.integer({ min: 0, max: 20_000 }), isRefused: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const window = new RequestWindow();
        let now = startMs;
        let all: RequestMark[] = [];
        for (const { ms, isRefused } of steps) {
          now += ms;
          const slot = Math.floor(now / 1000);
          const mark = window.add(now, 1);
          all = [...all, mark].filter((request) => request.slot > slot - 61);
          const sure = all.filter((request) => request.slot > slot - 58);
          expect(mark).toMatchObject({ count: all.length, sureCount: sure.length });
          if (isRefused) {
            window.takeBack(mark, now);
            all = all.filter((request) => request !== mark);
          }
          const oldest = all[0];
          expect(window.roomInMs(now)).toBe(oldest ? (oldest.slot + 61) * 1000 - now : Infinity);
        }
      }),
    );
  });
});

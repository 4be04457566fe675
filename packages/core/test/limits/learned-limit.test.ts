import { describe, expect, it } from 'vitest';
import { LearnedLimit, raised } from '../../src/limits/learned-limit.ts';
import { RequestWindow, type RequestMark } from '../../src/limits/request-window.ts';

const minuteMs = 60_000;

/** A limit of a key, with requests that are served and refused. */
class Key {
  readonly window = new RequestWindow();
  readonly limit = new LearnedLimit();

  serve(count: number, now: number): void {
    for (let served = 0; served < count; served++) this.limit.onSuccess(this.window.add(now, served));
  }

  refuse(now: number): RequestMark {
    const mark = this.window.add(now, 0);
    this.window.takeBack(mark, now);
    this.limit.onRefusal(mark, this.window, now);
    return mark;
  }

  known(now: number) {
    return this.limit.known(now)?.limit;
  }
}

function keyWithLimit(limit: number): Key {
  const key = new Key();
  key.serve(limit, 0);
  key.refuse(0);
  return key;
}

describe('a learned limit', () => {
  it('is the count at which a key was refused, from 3 requests a minute', () => {
    expect(keyWithLimit(10).known(0)).toBe(10);
    expect(keyWithLimit(3).known(0)).toBe(3);
    expect(keyWithLimit(2).known(0)).toBeUndefined();
  });

  it('only gets smaller within its span', () => {
    const key = keyWithLimit(10);
    key.refuse(61_000);
    expect(key.known(61_000)).toBe(10);
    key.serve(6, 61_000);
    key.refuse(61_000);
    expect(key.known(61_000)).toBe(6);
    key.serve(8, 130_000);
    key.refuse(130_000);
    expect(key.known(130_000)).toBe(6);
  });

  it('stands for ten minutes from the last refusal', () => {
    const key = keyWithLimit(10);
    expect(key.limit.known(0)?.untilMs).toBe(10 * minuteMs);
    key.serve(10, minuteMs * 5);
    key.refuse(minuteMs * 5);
    expect(key.limit.known(0)?.untilMs).toBe(15 * minuteMs);
  });

  it('stands twice as long each time that it is confirmed, up to an hour', () => {
    const key = new Key();
    let now = 0;
    const spans = Array.from({ length: 5 }, () => {
      key.serve(10, now);
      key.refuse(now);
      const untilMs = key.limit.known(now)?.untilMs ?? 0;
      const span = (untilMs - now) / minuteMs;
      now = untilMs;
      return span;
    });
    expect(spans).toEqual([10, 20, 40, 60, 60]);
  });

  it('starts over with ten minutes when another limit is found', () => {
    const key = keyWithLimit(10);
    key.serve(16, 10 * minuteMs);
    key.refuse(10 * minuteMs);
    expect(key.limit.known(10 * minuteMs)).toEqual({ limit: 16, untilMs: 20 * minuteMs });
  });

  it('is raised by a quarter after its span, twice as much each minute, and then forgotten', () => {
    const key = keyWithLimit(100);
    const at = [9, 10, 11, 12, 13, 14, 15, 16].map((minute) => raised(100, 10 * minuteMs, minute * minuteMs));
    expect(at).toEqual([100, 125, 150, 200, 300, 500, 900, 1700]);
    expect(key.known(16 * minuteMs)).toBe(100);
    expect(key.known(17 * minuteMs)).toBeUndefined();
  });

  it('says how full the key is', () => {
    const key = keyWithLimit(10);
    expect(key.limit.fullness(key.window, 59_000)).toBe(0.5);
    expect(key.limit.fullness(key.window, 0)).toBe(0.5);
    expect(key.limit.fullness(key.window, 61_000)).toBe(0);
    key.serve(10, 61_000);
    expect(key.limit.fullness(key.window, 70_000)).toBe(2);
    key.serve(1, 70_000);
    expect(key.limit.fullness(key.window, 70_000)).toBeGreaterThan(2);
  });

  it('is forgotten when more than twice as many are served, or three in a row soon after a refusal', () => {
    const far = keyWithLimit(10);
    far.serve(20, 100_000);
    expect(far.known(100_000)).toBe(10);
    far.serve(1, 100_000);
    expect(far.known(100_000)).toBeUndefined();

    const soon = keyWithLimit(10);
    soon.serve(10, 100_000);
    soon.refuse(100_000);
    soon.serve(2, 101_000);
    expect(soon.known(101_000)).toBe(10);
    soon.refuse(101_000);
    soon.serve(2, 102_000);
    expect(soon.known(102_000)).toBe(10);
    soon.serve(1, 102_000);
    expect(soon.known(102_000)).toBeUndefined();
  });

  it('is not learned for ten minutes after it was contradicted', () => {
    const key = keyWithLimit(10);
    key.serve(21, 100_000);
    key.refuse(100_000);
    expect(key.known(100_000)).toBeUndefined();
    expect(key.limit.fullness(key.window, 100_000)).toBe(0);
    key.serve(5, 700_000);
    key.refuse(700_000);
    expect(key.known(700_000)).toBe(5);
  });
});

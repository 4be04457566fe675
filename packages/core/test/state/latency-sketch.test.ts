import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencySketch } from '../../src/state/latency-sketch.ts';

const minuteMs = 60_000;
const error = 0.15;

function sketchOf(durations: readonly number[], now = 0): LatencySketch {
  const sketch = new LatencySketch();
  for (const duration of durations) sketch.add(duration, now);
  return sketch;
}

/** The duration that this part of all does not exceed. */
function exact(durations: readonly number[], part: number): number {
  return durations.toSorted((a, b) => a - b)[Math.ceil(part * durations.length) - 1] ?? Number.NaN;
}

function expectClose(found: number | undefined, wanted: number): void {
  expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThanOrEqual(error * wanted);
}

describe('LatencySketch', () => {
  it('knows nothing before the first duration', () => {
    expect(new LatencySketch().read(0)).toBeUndefined();
  });

  it('finds quantiles within 15 %, of any durations from 1 ms to 10 min', () => {
    const duration = fc.double({ min: 1, max: 600_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
        const found = sketchOf(durations).read(0);
        expectClose(found?.p50Ms, exact(durations, 0.5));
        expectClose(found?.p95Ms, exact(durations, 0.95));
        expect(found?.count).toBe(durations.length);
      }),
    );
  });

  it('finds each whole number of milliseconds within 15 %', () => {
    for (let ms = 1; ms <= 600_000; ms = Math.ceil(ms * 1.01)) expectClose(sketchOf([ms]).read(0)?.p50Ms, ms);
  });

  it('takes less than a millisecond, also of a clock that was set back, as 1 ms', () => {
    expect(sketchOf([0, 0.2, -50]).read(0)).toEqual({ p50Ms: 1, p95Ms: 1, count: 3 });
  });

  it('takes longer times as its longest', () => {
    const [longest, longer] = [sketchOf([600_000]), sketchOf([86_400_000])];
    expect(longer.read(0)).toEqual(longest.read(0));
  });

  it('forgets durations after 30 to 60 min', () => {
    const sketch = sketchOf([100], 29 * minuteMs);
    sketch.add(1000, 31 * minuteMs);
    expect(sketch.read(59 * minuteMs)?.count).toBe(2);
    expect(sketch.read(60 * minuteMs)?.count).toBe(1);
    expectClose(sketch.read(60 * minuteMs)?.p50Ms, 1000);
    expect(sketch.read(90 * minuteMs)).toBeUndefined();
  });

  it('forgets all durations after a pause of an hour, however late it is read', () => {
    expect(sketchOf([100], 29 * minuteMs).read(500 * minuteMs)).toBeUndefined();
  });

  it('says when it next forgets some', () => {
    expect(sketchOf([100], 29 * minuteMs).changesAtMs).toBe(30 * minuteMs);
  });

  it('keeps the proportions of more durations than a bucket can count', () => {
    const sketch = new LatencySketch();
    for (let count = 0; count < 300_000; count++) sketch.add(count % 10 === 0 ? 1000 : 100, 0);
    const found = sketch.read(0);
    expect(found?.count).toBe(300_000);
    expectClose(found?.p50Ms, 100);
    expectClose(found?.p95Ms, 1000);
  });
});

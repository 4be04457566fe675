import { describe, expect, it } from 'vitest';
import { attemptBars, zeroAt } from '../../ui/src/provider/attempt-bars.ts';
import { seriesOf } from './series-of.ts';

interface Bar {
  readonly index: number;
  readonly top: number;
  readonly bottom: number;
}

/** The rectangles of a path. */
function barsOf(path = ''): readonly Bar[] {
  const rectangles = path.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-\3z/g);
  return [...rectangles].map(([, x, y, , height]) => ({
    index: Math.floor(Number(x)),
    top: Number(y),
    bottom: Number(y) + Number(height),
  }));
}

describe('the bars of successes', () => {
  it('stand on the line of zero, the highest below the top of the scale', () => {
    const { top, succeeded } = attemptBars(seriesOf({ ok: [12, 0, 6] }));
    expect(top).toBe(12);
    expect(barsOf(succeeded)).toEqual([
      { index: 0, top: 0, bottom: zeroAt },
      { index: 2, top: zeroAt / 2, bottom: zeroAt },
    ]);
  });

  it('have a scale up to 4 at least', () => {
    const { top, succeeded } = attemptBars(seriesOf({ ok: [1] }));
    expect(top).toBe(4);
    expect(barsOf(succeeded)).toEqual([{ index: 0, top: zeroAt * 0.75, bottom: zeroAt }]);
  });

  it('are seen beside one that is much higher', () => {
    const [low] = barsOf(attemptBars(seriesOf({ ok: [1, 5000] })).succeeded);
    expect(low).toEqual({ index: 0, top: zeroAt - 1.5, bottom: zeroAt });
  });
});

describe('the bars of failures', () => {
  const series = seriesOf({
    ok: [500, 500, 500],
    failures: { transient: [1, 0, 4], 'rate-limited': [0, 2, 4] },
  });

  it('hang from the line of zero on a scale of their own', () => {
    const { low, failed } = attemptBars(series);
    expect(low).toBe(8);
    const [rateLimited] = failed;
    const share = (100 - zeroAt) / 8;
    expect(barsOf(rateLimited?.path)).toEqual([
      { index: 1, top: zeroAt, bottom: zeroAt + 2 * share },
      { index: 2, top: zeroAt, bottom: zeroAt + 4 * share },
    ]);
  });

  it('are stacked in the order of the verdicts', () => {
    const { failed } = attemptBars(series);
    expect(failed.map(({ verdict }) => verdict)).toEqual(['rate-limited', 'transient']);
    const [rateLimited, transient] = failed.map(({ path }) => barsOf(path));
    expect(transient?.map(({ index }) => index)).toEqual([0, 2]);
    expect(transient?.[0]?.top).toBe(zeroAt);
    expect(transient?.[1]).toEqual({ index: 2, top: rateLimited?.[1]?.bottom, bottom: 100 });
  });

  it('are seen one by one in a high stack', () => {
    const { failed } = attemptBars(
      seriesOf({ ok: [0], failures: { 'rate-limited': [2000], 'invalid-key': [1], transient: [1] } }),
    );
    const bars = failed.map(({ path }) => barsOf(path)[0]);
    for (const bar of bars) expect((bar?.bottom ?? 0) - (bar?.top ?? 0)).toBeGreaterThanOrEqual(1.5);
    expect(bars[1]?.top).toBe(bars[0]?.bottom);
    expect(bars[2]?.top).toBe(bars[1]?.bottom);
  });
});

it('draws nothing before the history', () => {
  const { succeeded, failed } = attemptBars(
    seriesOf({ ok: [3, 3, 3], failures: { transient: [1, 1, 1] }, firstIndex: 2 }),
  );
  expect(barsOf(succeeded).map(({ index }) => index)).toEqual([2]);
  expect(barsOf(failed[0]?.path).map(({ index }) => index)).toEqual([2]);
});

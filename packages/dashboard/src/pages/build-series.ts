import { quantiles, type Quantile, type SeriesRing } from '../history/series-ring.ts';
import { startOfRunning, stepsMs } from '../history/pool-series.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import { verdicts, type Verdict } from '../protocol/key-row.ts';
import type { Range, SeriesView } from '../protocol/provider-document.ts';

/** The number of points of each range. */
const pointsOf: Readonly<Record<Range, number>> = { '10m': 60, '1h': 60, '24h': 96 };

/** What the charts of a pool show, up to the last whole 10 s. */
export function buildSeries({ series, sinceMs }: WatchedPool, range: Range, nowMs: number): SeriesView {
  const [stepMs, points] = [stepsMs[range], pointsOf[range]];
  const lastStep = Math.floor((startOfRunning(nowMs) - 1) / stepMs);
  const firstStep = lastStep - points + 1;
  const ring = series?.rings[range];
  const valuesOf = (valueOf: (ring: SeriesRing, step: number) => number, ifAbsent: number) =>
    Array.from({ length: points }, (_, index) => (ring ? valueOf(ring, firstStep + index) : ifAbsent));
  const countsOf = (outcome: number) => valuesOf((each, step) => each.count(step, outcome), 0);
  const durations = (quantile: Quantile) => valuesOf((each, step) => each.quantile(step, quantile), -1);
  const failures: Partial<Record<Verdict, readonly number[]>> = {};
  for (const [index, verdict] of verdicts.entries()) {
    const counts = countsOf(index + 1);
    if (counts.some((count) => count > 0)) failures[verdict] = counts;
  }
  const [p50, p95, p99] = quantiles.map(durations) as [number[], number[], number[]];
  return {
    stepMs,
    lastAtMs: lastStep * stepMs,
    firstIndex: Math.min(Math.max(0, Math.floor(sinceMs / stepMs) - firstStep), points),
    ok: countsOf(0),
    failures,
    p50,
    p95,
    p99,
  };
}

import type { SeriesView } from '../../../src/protocol/provider-document.ts';
import { niceTop } from './nice-top.ts';

/** The percentiles of a series, from the lowest. */
export const percentiles = ['p50', 'p95', 'p99'] as const;

const leastTopMs = 10;

/** Paths in a box that is 1 wide for each point, and 100 high. */
export interface DurationLines {
  /** The duration at the top. */
  readonly topMs: number;
  /** In the order in which they are drawn: the last one lies on the others. */
  readonly lines: readonly {
    readonly name: (typeof percentiles)[number];
    readonly path: string;
    /** Points between two gaps, which have no line. Each is a line of nearly no length for round caps. */
    readonly dots: string;
  }[];
}

/** Lines of how long calls take. A point without calls is a gap. */
export function durationLines(series: SeriesView): DurationLines {
  const topMs = niceTop(Math.max(leastTopMs, ...series.p99));
  const lines = percentiles.toReversed().map((name) => {
    const runs = runsOf(series[name], topMs);
    const path = runs.map((run) => (run.length > 1 ? `M${run.join('L')}` : '')).join('');
    const dots = runs.map((run) => (run.length === 1 ? `M${run.join('')}h.01` : '')).join('');
    return { name, path, dots };
  });
  return { topMs, lines };
}

/** The places of the points between gaps. */
function runsOf(values: readonly number[], topMs: number): readonly (readonly string[])[] {
  const runs: string[][] = [[]];
  for (const [index, ms] of values.entries()) {
    if (ms < 0) runs.push([]);
    else runs.at(-1)?.push(`${index + 0.5} ${Number((100 - (ms / topMs) * 100).toFixed(2))}`);
  }
  return runs;
}

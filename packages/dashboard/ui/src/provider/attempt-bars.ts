import type { Verdict } from '../../../src/protocol/key-row.ts';
import type { SeriesView } from '../../../src/protocol/provider-document.ts';
import { failuresOf } from './failures.ts';
import { niceTop } from './nice-top.ts';

/** Where the line of zero is, in percent of the height from the top. */
export const zeroAt = 62;

const barWidth = 0.72;
/** Of each scale, so that one attempt does not fill the height. */
const leastTop = 4;
/** A single attempt is seen beside thousands. */
const leastHeight = 1.5;

/** Paths in a box that is 1 wide for each point, and 100 high. */
export interface AttemptBars {
  /** The number of successes at the top. */
  readonly top: number;
  /** The number of failures at the bottom. */
  readonly low: number;
  readonly succeeded: string;
  readonly failed: readonly { readonly verdict: Verdict; readonly path: string }[];
}

/**
 * Bars of attempts: those that succeeded rise from the line of zero, failed ones hang from it in stacks. Failures have a scale of their own,
 * so that 3 beside 200 successes are seen.
 */
export function attemptBars(series: SeriesView): AttemptBars {
  const verdicts = failuresOf(series);
  const known = [...series.ok.keys()].slice(series.firstIndex);
  const failuresOfKind = (verdict: Verdict, index: number) => series.failures[verdict]?.[index] ?? 0;
  const sums = known.map((index) => verdicts.reduce((sum, verdict) => sum + failuresOfKind(verdict, index), 0));
  const top = niceTop(Math.max(leastTop, ...series.ok));
  const low = niceTop(Math.max(leastTop, ...sums));

  const succeeded = known.map((index) => {
    const height = heightOf(series.ok[index] ?? 0, zeroAt / top);
    return barPath(index, zeroAt - height, height);
  });
  const ends = series.ok.map(() => zeroAt);
  const failed = verdicts.map((verdict) => {
    const bars = known.map((index) => {
      const start = ends[index] ?? zeroAt;
      const height = heightOf(failuresOfKind(verdict, index), (100 - zeroAt) / low);
      ends[index] = start + height;
      return barPath(index, start, height);
    });
    return { verdict, path: bars.join('') };
  });
  return { top, low, succeeded: succeeded.join(''), failed };
}

function heightOf(count: number, unit: number): number {
  return count === 0 ? 0 : Math.max(leastHeight, count * unit);
}

function barPath(index: number, y: number, height: number): string {
  if (height === 0) return '';
  return `M${rounded(index + (1 - barWidth) / 2)} ${rounded(y)}h${barWidth}v${rounded(height)}h-${barWidth}z`;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

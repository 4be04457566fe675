import type { SeriesView } from '../../../src/protocol/provider-document.ts';
import { inSeconds } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { texts } from '../texts/texts.ts';
import { percentiles } from './duration-lines.ts';
import { failuresOf } from './failures.ts';

/** The start of each point, in ms since the epoch. */
export function timesOf({ ok, lastAtMs, stepMs }: SeriesView): number[] {
  return ok.map((_, index) => lastAtMs - (ok.length - 1 - index) * stepMs);
}

/** A named value of a point. */
export interface PointValue {
  readonly name: string;
  readonly value: string;
  /** Whether nothing of it has happened. */
  readonly isNone: boolean;
}

/** The named values of a point. */
export type ValuesAt = (series: SeriesView, index: number) => readonly PointValue[];

/** The attempts of a point: those that succeeded, and those that failed by kind. */
export function attemptsAt(series: SeriesView, index: number): readonly PointValue[] {
  const { provider, verdicts } = texts.value;
  const of = (name: string, counts: readonly number[] = []) => {
    const count = counts[index] ?? 0;
    return { name, value: number(count), isNone: count === 0 };
  };
  const failed = failuresOf(series).map((verdict) => of(verdicts[verdict], series.failures[verdict]));
  return [of(provider.succeeded, series.ok), ...failed];
}

/** How long the calls of a point took. */
export function durationsAt(series: SeriesView, index: number): readonly PointValue[] {
  return percentiles.map((name) => {
    const ms = series[name][index] ?? -1;
    return { name, value: inSeconds(ms), isNone: ms < 0 };
  });
}

/** What is at a point. */
export interface Point {
  readonly time: string;
  readonly values: readonly PointValue[];
}

/** A point without the kinds of failures that it has none of. Before the history it has no values. */
export function pointAt(series: SeriesView, index: number, valuesAt: ValuesAt): Point {
  const time = clockTime(timesOf(series)[index] ?? series.lastAtMs, series.stepMs < 60_000);
  const values = index < series.firstIndex ? [] : valuesAt(series, index);
  return { time, values: values.filter(({ isNone }, place) => place === 0 || !isNone) };
}

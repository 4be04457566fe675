import type { Measure } from './report.ts';

/** The value that this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The largest of several values, with its name. */
export function worstOf(values: Readonly<Record<string, number>>): Measure {
  const [worst] = Object.entries(values).toSorted(([, a], [, b]) => b - a);
  if (!worst) throw new Error('There are no values to compare.');
  return { value: worst[1], worst: worst[0] };
}

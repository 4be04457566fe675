import type { Measure } from './report.ts';

/** The largest of several values, and whose it is. */
export function worstOf(values: Readonly<Record<string, number>>): Measure {
  const [worst] = Object.entries(values).toSorted(([, a], [, b]) => b - a);
  if (!worst) throw new Error('There is nothing to compare.');
  return { value: worst[1], worst: worst[0] };
}

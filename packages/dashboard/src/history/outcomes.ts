import { verdicts, type Verdict } from '../protocol/key-row.ts';

/** Attempts by how they ended: those that succeeded, then the failed ones in the order of `verdicts`. */
export type Outcomes = Float64Array;

export const outcomeCount: number = 1 + verdicts.length;

/** Counters of a key, as `status()` has them. */
interface Counters {
  readonly successes: number;
  readonly failures: Readonly<Record<Verdict, number>>;
}

export function outcomeOf(counters: Counters, index: number): number {
  const verdict = index === 0 ? undefined : verdicts[index - 1];
  return verdict ? counters.failures[verdict] : counters.successes;
}

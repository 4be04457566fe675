import type { KeyCheck } from '@api-key-fallback/core';
import type { Style } from '../output/style.ts';

/** What a check has found out, in one word. */
export type Verdict = 'working' | 'invalid' | 'exhausted' | 'limited' | 'unknown';

/** What makes the program fail: invalid keys, any key that does not work, or nothing. */
export type FailOn = 'invalid' | 'any' | 'none';

export const verdictStyles: Readonly<Record<Verdict, Style>> = {
  working: 'green',
  invalid: 'red',
  exhausted: 'red',
  limited: 'yellow',
  unknown: 'yellow',
};

/** Returns what a check has found out about a key. */
export function verdictOf({ outcome, verdict }: Pick<KeyCheck, 'outcome' | 'verdict'>): Verdict {
  if (outcome === 'working') return 'working';
  if (outcome === 'inconclusive') return 'unknown';
  if (verdict === 'invalid-key') return 'invalid';
  return verdict === 'quota-exhausted' ? 'exhausted' : 'limited';
}

/** Whether the program fails because of a key. One that its provider cannot be asked about never counts. */
export function isFailure(check: KeyCheck, failOn: FailOn): boolean {
  const verdict = verdictOf(check);
  if (failOn === 'none' || check.reason === 'no_probe') return false;
  return failOn === 'any' ? verdict !== 'working' : verdict === 'invalid';
}

import { verdicts, type Verdict } from '../../../src/protocol/key-row.ts';
import type { SeriesView } from '../../../src/protocol/provider-document.ts';

const classes: Readonly<Record<Verdict, string>> = {
  'rate-limited': 'f-rate',
  'quota-exhausted': 'f-quota',
  'invalid-key': 'f-key',
  transient: 'f-transient',
  'caller-error': 'f-caller',
};

/** The class of a kind of failure. Its colour is the same in charts and tables. */
export function failureClass(verdict: Verdict): string {
  return classes[verdict];
}

/** The kinds of failures that a series has, in the order in which charts stack them. */
export function failuresOf({ failures }: SeriesView): readonly Verdict[] {
  return verdicts.filter((verdict) => failures[verdict] !== undefined);
}

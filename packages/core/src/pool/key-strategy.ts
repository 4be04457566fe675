import { shown } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { KeyUsage } from '../state/usage-counts.ts';

/** A key as a strategy function receives it. */
export interface KeyCandidate extends KeyRef {
  /** The project or organisation of the key; `undefined` if it is not known. */
  readonly group: string | undefined;
  /** Usage of the key by this process since it started. */
  readonly usage: Readonly<KeyUsage>;
}

/**
 * Which of the best keys comes next. Healthy keys always come before suspect ones.
 *
 * - `in-order`: the first key of the list.
 * - `round-robin`: each key in turn.
 * - `weighted`: each key in turn, as often as its `weight` says.
 * - `least-used`: the key with the fewest running attempts; of several, the one with the fewest started attempts.
 * - `most-remaining`: the key with the largest share of its configured limits left. The scarcest limit of a key decides: of the key,
 *   its group or the bucket of the call; per minute, per day or at a time. Of several, the one with the fewest running attempts. A key
 *   without a limit has all of it left.
 * - A function: the candidate that it returns, or the first one for `undefined`. It can be called more than once for one attempt, so
 *   its result must depend only on its argument.
 *
 * @example
 * const strategy: KeyStrategy = (candidates) => candidates.find(({ label }) => label.startsWith('PAID'));
 */
export type KeyStrategy =
  | 'in-order'
  | 'round-robin'
  | 'weighted'
  | 'least-used'
  | 'most-remaining'
  | ((candidates: readonly KeyCandidate[]) => KeyCandidate | undefined);

const names: readonly KeyStrategy[] = ['in-order', 'round-robin', 'weighted', 'least-used', 'most-remaining'];

/** @throws InvalidOptionsError for an unknown strategy. */
export function checkStrategy(strategy: KeyStrategy): void {
  if (typeof strategy === 'function' || names.includes(strategy)) return;
  const known = names.map((name) => `'${String(name)}'`).join(', ');
  throw new InvalidOptionsError(`"strategy" must be ${known} or a function; it is ${shown(strategy)}.`);
}

import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { Measure } from '../provider/key-limits.ts';
import type { PooledKey } from '../state/pooled-key.ts';

export const measures: readonly Measure[] = ['requests', 'tokens', 'units'];

/** What an attempt takes. */
export type Amounts = Readonly<Record<Measure, number>>;

/** An amount as it is counted: a whole number, because fractions leave residues when they are taken back. */
export function wholeAmount(amount: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(amount));
}

/** What an attempt draws on: the quota bucket of its operation, how much of each measure, and on which key. */
export interface Draw extends Amounts {
  readonly bucket: string;
  /** The key to which the call is pinned; `undefined` if it can use any. */
  readonly only?: PooledKey;
  /** The hash of the session whose key the call takes if it can; `undefined` without one. */
  readonly session?: number | undefined;
}

/** What a call draws on that names no operation and no cost. */
export const oneRequest: Draw = { bucket: unspecifiedBucket, requests: 1, tokens: 0, units: 0 };

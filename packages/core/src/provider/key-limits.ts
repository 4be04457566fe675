import { checkIsObject, shown } from '../base/check-arguments.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';

/** The limits of a key, of a group of keys, or of a quota bucket. Each is an integer from 1. What is left out is not limited. */
export interface Limits {
  /** Requests that begin in any 60 s. */
  readonly requestsPerMinute?: number;
  /** Tokens in any 60 s: those that `cost` reserves, then those that the answer states. */
  readonly tokensPerMinute?: number;
  /** Quota units in any 60 s, for providers that price their operations. */
  readonly unitsPerMinute?: number;
  /** Requests of a day in the provider's time zone. */
  readonly requestsPerDay?: number;
  /** Tokens of a day in the provider's time zone. */
  readonly tokensPerDay?: number;
  /** Quota units of a day in the provider's time zone. */
  readonly unitsPerDay?: number;
  /** Attempts that run at a time. */
  readonly concurrency?: number;
}

/**
 * The limits of a key, as a whole and in quota buckets.
 *
 * @example
 * const limits: KeyLimits = { requestsPerMinute: 500, concurrency: 8, buckets: { 'search.list': { requestsPerDay: 100 } } };
 */
export interface KeyLimits extends Limits {
  /** Quota bucket → its limits, which apply besides those of the key. */
  readonly buckets?: Readonly<Record<string, Limits>>;
}

/** The name of a limit, as options and `status()` show it. */
export type LimitName = keyof Limits;

/**
 * How a limit is known.
 *
 * - `configured`: by the options `limits` and `groupLimits`. A key without room is limited: it is not used.
 * - `header`: the provider's responses state it.
 * - `learned`: the provider has refused requests, of this key or of another one of the pool.
 * - `provider`: the provider documents it for every key.
 *
 * By all but `configured`, a key without room is full: other keys come first, and it is used when none of them can be.
 */
export type LimitSource = 'configured' | 'header' | 'learned' | 'documented';

/** What is counted against a limit. */
export type Measure = 'requests' | 'tokens' | 'units';

/** What the name of a limit says; `undefined` for `concurrency`, which is not counted over time. */
export const meaningOf: Readonly<
  Record<LimitName, { readonly measure: Measure; readonly span: 'minute' | 'day' } | undefined>
> = {
  requestsPerMinute: { measure: 'requests', span: 'minute' },
  tokensPerMinute: { measure: 'tokens', span: 'minute' },
  unitsPerMinute: { measure: 'units', span: 'minute' },
  requestsPerDay: { measure: 'requests', span: 'day' },
  tokensPerDay: { measure: 'tokens', span: 'day' },
  unitsPerDay: { measure: 'units', span: 'day' },
  concurrency: undefined,
};

const limitNames: ReadonlySet<string> = new Set(Object.keys(meaningOf));
const keyLimitNames: ReadonlySet<string> = new Set([...limitNames, 'buckets']);
const example = '{ requestsPerMinute: 500 }';

/** @throws InvalidOptionsError naming the limit and its value, unless all are valid. `what` is the option that holds them. */
export function checkLimits(what: string, limits: Limits, known: ReadonlySet<string> = limitNames): void {
  checkOptionNames(what, limits, known, example);
  for (const [name, limit] of Object.entries(limits)) {
    if (name === 'buckets' || limit === undefined || (Number.isSafeInteger(limit) && limit >= 1)) continue;
    throw new InvalidOptionsError(`"${what}.${name}" must be an integer from 1; it is ${shown(limit)}.`);
  }
}

/** The same for the limits of a key, with those of its buckets. */
export function checkKeyLimits(what: string, limits: KeyLimits): void {
  checkLimits(what, limits, keyLimitNames);
  if (limits.buckets === undefined) return;
  checkIsObject(`${what}.buckets`, limits.buckets, "{ 'search.list': { requestsPerDay: 100 } }");
  for (const [bucket, ofBucket] of Object.entries(limits.buckets)) checkLimits(`${what}.buckets.${bucket}`, ofBucket);
}

import type { LimitName, Measure } from '../provider/key-limits.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';

const minuteMs = 60_000;
// A header that promises a longer time is wrong, or describes a quota that an error will report.
const longestFullMs = 86_400_000;
/** Resets that are no further apart are the same one: many headers state whole seconds. */
const sameResetMs = 2000;

/** A limit as the last response stated it. Times are in ms by the steady clock. */
export interface StatedLimit {
  /** Its name in the options if that says the same, else that of the header. */
  readonly name: string;
  readonly measure: Measure | undefined;
  readonly window: RateLimit['window'];
  readonly bucket: string | undefined;
  /** The group whose keys share it. */
  readonly group: string | undefined;
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetsAtMs: number | undefined;
  /** From then on it says nothing any more. */
  readonly endsAtMs: number;
  /** Until then a key with nothing left is full. */
  readonly fullUntilMs: number;
  /** The number of the request to which the response belongs. */
  readonly sequence: number;
  /** Until then it was reported that nothing is left; 0 if it was not. */
  readonly reportedUntilMs: number;
}

const measureOf: ReadonlyMap<string, Measure> = new Map([
  ['requests', 'requests'],
  ['req', 'requests'],
  // Headers without a name.
  ['rate', 'requests'],
  ['tokens', 'tokens'],
  ['project-tokens', 'tokens'],
]);

/** The limit of a response to the request with this number. `aheadMs` is how far the wall clock is ahead of the steady one. */
export function statedLimit(
  limit: RateLimit,
  { bucket, group, sequence }: Pick<StatedLimit, 'bucket' | 'group' | 'sequence'>,
  { now, aheadMs }: { readonly now: number; readonly aheadMs: number },
): StatedLimit {
  const { name, remaining, window } = limit;
  const resetsAtMs = limit.resetsAtMs === undefined ? undefined : limit.resetsAtMs - aheadMs;
  const roomAtMs = limit.roomAtMs === undefined ? resetsAtMs : limit.roomAtMs - aheadMs;
  const measure = measureOf.get(window === undefined ? name : name.replace(`-${window}`, ''));
  const endsAtMs = resetsAtMs ?? now + minuteMs;
  return {
    name: optionNameOf(measure, window) ?? name,
    measure,
    window,
    bucket,
    group,
    limit: limit.limit,
    remaining,
    resetsAtMs,
    endsAtMs,
    fullUntilMs: remaining <= 0 ? Math.min(roomAtMs ?? endsAtMs, now + longestFullMs) : endsAtMs,
    sequence,
    reportedUntilMs: 0,
  };
}

/**
 * What is known of a limit after one more response. Responses overtake each other: until the reset the lowest amount counts, and an
 * older request changes nothing after it.
 */
export function joinStated(known: StatedLimit | undefined, stated: StatedLimit, now: number): StatedLimit {
  if (!known || now >= known.endsAtMs || now >= known.fullUntilMs) return stated;
  const isNewer = stated.sequence >= known.sequence;
  const { resetsAtMs } = known;
  const isSameReset = resetsAtMs !== undefined && Math.abs(resetsAtMs - (stated.resetsAtMs ?? Infinity)) <= sameResetMs;
  if (!isSameReset) return isNewer ? stated : known;
  const lower = stated.remaining <= known.remaining ? stated : known;
  // With the first reset, because one that moves on with each response would always seem to be the same.
  return { ...lower, resetsAtMs, sequence: Math.max(known.sequence, stated.sequence) };
}

function optionNameOf(measure: Measure | undefined, window: RateLimit['window']): LimitName | undefined {
  if (measure === undefined) return undefined;
  if (window === 'minute') return `${measure}PerMinute`;
  return window === 'day' ? `${measure}PerDay` : undefined;
}

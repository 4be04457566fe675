import type { KeyRecord } from './key-record.ts';

/** The most buckets of a key: more than an application has operations, unless their names vary with each call. */
export const mostBuckets = 1000;
/** How often stale buckets are looked for while there are fewer, in ms. */
export const sweepMs = 600_000;
/** How long a cooldown is remembered after its end, so that one call probes the key, and a repeated failure doubles its time. */
const rememberMs = 3_600_000;

/** From when on an end at this time no longer matters, in ms since the epoch. */
export function staleAtMs(endsAtMs: number): number {
  return endsAtMs + rememberMs;
}

/** Whether an end at this time is so long ago that it no longer matters. */
export function isStale(endsAtMs: number, now: number): boolean {
  return staleAtMs(endsAtMs) <= now;
}

/** When a record ends, in ms since the epoch; 0 if it holds nothing against its key, `Infinity` if it does not end. */
export function endOf({ disabled, untilMs }: KeyRecord): number {
  return disabled === '' ? untilMs : Infinity;
}

/** Whether a record holds nothing but a stale cooldown. A later epoch still says that older failures no longer count. */
export function isOldCooldown(record: KeyRecord, now: number): boolean {
  return record.untilMs > 0 && record.epoch === 0 && isStale(endOf(record), now);
}

/**
 * The names to evict: all that are stale and, of more than `most`, also others, those that end first. A quarter of the room is freed
 * from those that have ended, so that the next quarter of the additions takes no search. If more are out than may stay, a tenth is
 * freed.
 */
export function namesToEvict(
  ends: Iterable<readonly [name: string, endsAtMs: number]>,
  now: number,
  most: number,
): string[] {
  // `Infinity - Infinity` is NaN, which does not sort.
  const bySoonest = [...ends].toSorted(([, a], [, b]) => (a === b ? 0 : a - b));
  const stale = bySoonest.filter(([, endsAtMs]) => isStale(endsAtMs, now)).length;
  const ended = bySoonest.filter(([, endsAtMs]) => endsAtMs <= now).length;
  const surplus = (share: number) => bySoonest.length - mostBuckets * share;
  const areTooMany = bySoonest.length > most;
  const evicted = areTooMany && bySoonest.length - ended > most ? surplus(0.9) : Math.min(ended, surplus(0.75));
  return bySoonest.slice(0, Math.max(stale, areTooMany ? evicted : 0)).map(([name]) => name);
}

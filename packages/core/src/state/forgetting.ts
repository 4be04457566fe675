import type { KeyRecord } from './key-record.ts';

/** How long a cooldown is remembered after its end, so that one call probes the key, and a repeated failure doubles its time. */
const rememberMs = 3_600_000;

/** Whether something that ended at this time says nothing any more. */
export function isForgotten(endsAtMs: number, now: number): boolean {
  return endsAtMs + rememberMs <= now;
}

/** When a record ends, in ms since the epoch; 0 if it says nothing against its key, `Infinity` if it does not end. */
export function endOf({ disabled, untilMs }: KeyRecord): number {
  return disabled === '' ? untilMs : Infinity;
}

/**
 * The names to forget: all that ended long ago. If `most` or more are left, also those that end first, so that a quarter of the room
 * is free: the next quarter of the additions then takes no search.
 */
export function toForget(
  ends: Iterable<readonly [name: string, endsAtMs: number]>,
  now: number,
  most: number,
): string[] {
  const bySoonest = [...ends].toSorted(([, a], [, b]) => (a === b ? 0 : a - b));
  const over = bySoonest.filter(([, endsAtMs]) => isForgotten(endsAtMs, now)).length;
  const surplus = bySoonest.length < most ? 0 : bySoonest.length - Math.floor(most * 0.75);
  return bySoonest.slice(0, Math.max(over, surplus)).map(([name]) => name);
}

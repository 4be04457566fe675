import type { VerdictKind } from '../base/verdict.ts';

/** Why a key is unavailable: the kind of the verdict, `operator` after `disable()`, or empty when it is available. */
export type UnavailableReason = '' | VerdictKind | 'operator';

const unavailableReasons: Readonly<Record<UnavailableReason, true>> = {
  '': true,
  transient: true,
  'rate-limited': true,
  'quota-exhausted': true,
  'invalid-key': true,
  'caller-error': true,
  operator: true,
};

/**
 * Whether a value read from a store is a valid reason. Use it to check records before you return them.
 *
 * @example
 * if (!isUnavailableReason(row.reason) || !isUnavailableReason(row.disabled)) continue; // skip the record
 */
export function isUnavailableReason(value: unknown): value is UnavailableReason {
  return typeof value === 'string' && Object.hasOwn(unavailableReasons, value);
}

/**
 * The shared part of a key's health.
 *
 * `joinRecords` is commutative, associative and idempotent, so records may arrive twice and in any order.
 */
export interface KeyRecord {
  /** Raised by `reset()` and `enable()`. The record with the higher generation replaces the other. */
  readonly generation: number;
  /** Raised when the key recovers. The higher epoch replaces the cooldown, but never `disabled`. */
  readonly epoch: number;
  /** The end of the cooldown, in ms since the epoch; 0 when there is none. The later end wins. */
  readonly untilMs: number;
  /** The number of cooldowns of unknown length in a row, which double each time. */
  readonly level: number;
  /** Why the key is cooling; empty when it is not. */
  readonly reason: UnavailableReason;
  /** Why the key is disabled; empty when it is not. */
  readonly disabled: UnavailableReason;
}

/**
 * The record of a key without failures. Use it where the store has no record yet.
 *
 * @example
 * const known = rows.get(id) ?? freshRecord;
 */
export const freshRecord: KeyRecord = Object.freeze({
  generation: 0,
  epoch: 0,
  untilMs: 0,
  level: 0,
  reason: '',
  disabled: '',
});

function later<T extends number | string>(a: T, b: T): T {
  return a > b ? a : b;
}

/**
 * Merges two records of one key. The order of the arguments does not matter.
 *
 * @example
 * const known = rows.get(id) ?? freshRecord;
 * const joined = joinRecords(known, fact);
 * if (!isSameRecord(joined, known)) rows.set(id, joined);
 */
export function joinRecords(a: KeyRecord, b: KeyRecord): KeyRecord {
  if (a.generation !== b.generation) return a.generation > b.generation ? a : b;
  const disabled = later(a.disabled, b.disabled);
  if (a.epoch !== b.epoch) return { ...(a.epoch > b.epoch ? a : b), disabled };
  const longer = a.untilMs > b.untilMs ? a : b;
  const reason = a.untilMs === b.untilMs ? later(a.reason, b.reason) : longer.reason;
  return { ...longer, level: later(a.level, b.level), reason, disabled };
}

/**
 * Whether two records are equal in every field. Use it to raise the version of a pool only when a record changes.
 *
 * @example
 * if (!isSameRecord(joined, known)) version += 1;
 */
export function isSameRecord(a: KeyRecord, b: KeyRecord): boolean {
  return (
    a.generation === b.generation &&
    a.epoch === b.epoch &&
    a.untilMs === b.untilMs &&
    a.level === b.level &&
    a.reason === b.reason &&
    a.disabled === b.disabled
  );
}

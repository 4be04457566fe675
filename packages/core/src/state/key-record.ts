import type { VerdictKind } from '../base/verdict.ts';

/** Why a key is out, as it is stored: the kind of the verdict, or an operator's `disable()`. */
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

/** Whether a store has given back a reason that there is. */
export function isUnavailableReason(value: unknown): value is UnavailableReason {
  return typeof value === 'string' && Object.hasOwn(unavailableReasons, value);
}

/**
 * What all replicas of a key's health agree on.
 *
 * `joinRecords` is commutative, associative and idempotent, so facts may be lost, doubled or reordered on their way.
 */
export interface KeyRecord {
  /** Raised by `reset()` and `enable()`; a higher one wins outright. */
  readonly generation: number;
  /** Raised when the key has recovered; a higher one replaces the cooldown, never a disable. */
  readonly epoch: number;
  /** Cooling until then, in ms since the epoch; the larger wins. */
  readonly untilMs: number;
  /** How often in a row a cooldown of unknown length was set. */
  readonly level: number;
  /** Why the key is cooling. */
  readonly reason: UnavailableReason;
  /** Why the key is disabled; empty when it is not. */
  readonly disabled: UnavailableReason;
}

/** The record of a key nobody has complained about. */
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

/** Merges two records of one key. */
export function joinRecords(a: KeyRecord, b: KeyRecord): KeyRecord {
  if (a.generation !== b.generation) return a.generation > b.generation ? a : b;
  const disabled = later(a.disabled, b.disabled);
  if (a.epoch !== b.epoch) return { ...(a.epoch > b.epoch ? a : b), disabled };
  const longer = a.untilMs > b.untilMs ? a : b;
  const reason = a.untilMs === b.untilMs ? later(a.reason, b.reason) : longer.reason;
  return { ...longer, level: later(a.level, b.level), reason, disabled };
}

/** Whether two records say the same. */
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

import type { KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import type { Alert, AlertKey } from '../model/alert.ts';

/** A key without room for less than this is busy, not out. */
const shortWaitMs = 60_000;
/** A key that is back sooner than this does not count as lasting. */
const passingMs = 600_000;
/** No message lists more. */
const mostKeys = 50;

/** How many keys of a pool work. Keys that an operator has disabled do not count. */
export interface KeyCounts {
  readonly total: number;
  /** Those that calls can use; also those that are only busy, by a limit that has room again within a minute. */
  readonly working: number;
  /** Those of `working` that are more than a cooldown that has ended, which no call has tried since. */
  readonly proven: number;
  /** The number of those that cannot be used and are not back by themselves within 10 minutes. */
  readonly lasting: number;
  /** Those that cannot be used, at most 50, and when the first is back if that is known. */
  readonly out: Pick<Alert, 'keys' | 'backAtMs'>;
}

type CountedStatus = Pick<KeyManagerStatus, 'keys' | 'usable' | 'next'>;

/** Counts the keys of a pool. */
export function countKeys(status: CountedStatus, nowMs: number): KeyCounts {
  const counted = status.keys.filter(({ reason }) => reason !== 'operator');
  const isOut = (key: KeyStatus) => key.state === 'cooling' || key.state === 'disabled' || isRefused(key);
  const others = counted.filter((key) => !isOut(key));
  const out = [...counted.filter(isOut).map(alertKeyOf), ...fullKeys(status, others, nowMs)];
  const working = counted.length - out.length;
  const recovering = others.filter(({ state }) => state === 'recovering').length;
  const backAtMs = Math.min(...out.map(backAtMsOf));
  return {
    total: counted.length,
    working,
    proven: Math.max(0, working - recovering),
    lasting: out.filter((key) => backAtMsOf(key) > nowMs + passingMs).length,
    out: { keys: out.slice(0, mostKeys), ...(backAtMs === Infinity ? {} : { backAtMs }) },
  };
}

/** Whether the next call tries a key again whose last attempt was refused. The provider's last word counts until then. */
export function isRefused({ state, lastError }: KeyStatus): boolean {
  return state === 'recovering' && lastError?.verdict === 'invalid-key';
}

/** A refused key is tried again at a known time, but no one expects that it works then. */
function backAtMsOf({ state, availableAtMs = Infinity }: AlertKey): number {
  return state === 'cooling' || state === 'healthy' ? availableAtMs : Infinity;
}

/** The key as an alert shows it. */
export function alertKeyOf(key: KeyStatus): AlertKey {
  const { keyId, label, masked, state, availableAtMs, lastError } = key;
  const reason = isRefused(key) ? 'invalid-key' : key.reason;
  return {
    keyId,
    label,
    masked,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(availableAtMs === undefined ? {} : { availableAtMs }),
    ...(lastError === undefined ? {} : { lastError: lastError.message }),
  };
}

/** Keys that are healthy, but without room by a limit for a minute or more. */
function fullKeys(status: CountedStatus, keys: readonly KeyStatus[], nowMs: number): AlertKey[] {
  // Most pools have none, and the order of the keys is costly.
  if (status.usable === status.keys.length) return [];
  const full = status.next.filter(
    ({ reason, availableAtMs = 0 }) => reason === 'limited' && availableAtMs >= nowMs + shortWaitMs,
  );
  const byId = new Map(full.map((key) => [key.keyId, key]));
  return keys.flatMap((key) => {
    const { limit = 'limited', availableAtMs } = byId.get(key.keyId) ?? {};
    return availableAtMs === undefined ? [] : [{ ...alertKeyOf(key), reason: limit, availableAtMs }];
  });
}

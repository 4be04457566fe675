import type { KeyRef } from '../events/key-ref.ts';
import { oneRequest } from '../limits/draw.ts';
import { untilOneEndsMs } from '../limits/meters.ts';
import { reasonOf, type UsableReason } from '../pool/key-ranks.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { LimitName } from '../provider/key-limits.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/**
 * Why a key is where it is in `status().next`:
 *
 * - `preferred`: `prefer()` has put it first.
 * - `ready`: nothing speaks against it; the strategy decides.
 * - `busy`: another key is unhealthy, and this one, which has not worked for a minute, runs 4 attempts or more.
 * - `may-be-full`: at a learned limit, of its own or of another key.
 * - `full`: by a limit that headers state, that was learned or that the provider documents, which are preferences.
 * - `suspect`: its last failures say little about it.
 * - `probed`: its cooldown is over, and another call tries it.
 * - `standby`: its weight is 0.
 *
 * The others cannot be used now: `limited` by a configured limit, `cooling` or `disabled`.
 */
export type NextKeyReason = UsableReason | 'limited' | 'cooling' | 'disabled';

/** A key in `status().next`. */
export interface NextKey extends Pick<KeyRef, 'keyId' | 'ordinal' | 'label'> {
  /** Why it is at this place. */
  readonly reason: NextKeyReason;
  /** The name of the configured limit that leaves no room, for example `requestsPerMinute`. */
  readonly limit?: LimitName;
  /** When it can be used again, in ms since the epoch; absent if it can be used now, or if that is not known. */
  readonly availableAtMs?: number;
}

const { freeze } = Object;

/** The keys of a pool in the order in which a call without an operation tries them; then those that cannot be used, the first to be back first. */
export function nextKeys(pool: KeyPool): readonly NextKey[] {
  const usable = pool.selection.order(oneRequest).map(({ key, rank }) => ({ key, reason: reasonOf(rank) }));
  const first = new Set(usable.map(({ key }) => key));
  const others = pool.keys.filter((key) => !first.has(key)).map((key) => outOfUse(key, pool));
  const backAtMs = ({ availableAtMs = Infinity }: NextKey) => availableAtMs;
  return freeze([
    ...usable.map(({ key, reason }) => freeze({ ...nameOf(key), reason })),
    ...others.toSorted((a, b) => (backAtMs(a) === backAtMs(b) ? 0 : backAtMs(a) - backAtMs(b))),
  ]);
}

function outOfUse(key: PooledKey, pool: KeyPool): NextKey {
  const { clock, limits, runtime } = pool;
  const now = clock.now();
  const state = key.state(unspecifiedBucket, now);
  if (state === 'cooling' || state === 'disabled') {
    const availableAtMs = key.availableAtMs(unspecifiedBucket, now);
    const end = availableAtMs === undefined ? {} : { availableAtMs: clock.toLocal(availableAtMs) };
    return freeze({ ...nameOf(key), reason: state, ...end });
  }
  const limit = limits.fullest(key, oneRequest)?.name;
  const roomInMs = limits.roomInMs(key, oneRequest, now);
  return freeze({
    ...nameOf(key),
    reason: 'limited',
    ...(limit === undefined ? {} : { limit }),
    ...(roomInMs === untilOneEndsMs ? {} : { availableAtMs: Math.round(runtime.now() + roomInMs) }),
  });
}

function nameOf({ ref: { keyId, ordinal, label } }: PooledKey): Pick<NextKey, 'keyId' | 'ordinal' | 'label'> {
  return { keyId, ordinal, label };
}

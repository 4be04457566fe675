import type { KeyRef } from '../base/key-ref.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';
import type { KeyState } from '../state/key-health.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { KeyUsage, UsageCounts } from '../state/usage-counts.ts';

/** The health of a key, or of one quota bucket of it. */
interface HealthStatus {
  readonly state: KeyState;
  /** Why it is suspect, cooling or disabled. */
  readonly reason?: Exclude<UnavailableReason, ''>;
  /** When it may be used again, in ms since the epoch; absent when it may now, or never by itself. */
  readonly availableAtMs?: number;
}

/** One key in `status()`; its state is that of a call which names no operation. */
export interface KeyStatus extends KeyRef, HealthStatus {
  /** `sk-…ab12`; `…` for a key under 20 characters. */
  readonly masked: string;
  readonly group?: string;
  /** The quota buckets that something has happened to; `unspecified` is that of calls which name no operation. */
  readonly buckets?: readonly (HealthStatus & { readonly bucket: string })[];
  /** The limits that the last response stated. */
  readonly rateLimits?: readonly RateLimit[];
  /** By this process: since it started, and today in the provider's time zone. */
  readonly usage: Readonly<KeyUsage> & { readonly today: Readonly<UsageCounts> };
  /** By all processes that share the store, this one among them: in total and today, as of the last exchange. */
  readonly sharedUsage: Readonly<UsageCounts> & { readonly today: Readonly<UsageCounts> };
}

/** What a key manager knows, without any key; safe to log and to serialise. */
export interface KeyManagerStatus {
  readonly provider: string;
  readonly displayName: string;
  readonly keys: readonly KeyStatus[];
  /** Where the state is shared; absent without a store. */
  readonly store?: { readonly kind: string; /** Whether the last exchange has failed. */ readonly isAway: boolean };
}

interface Health {
  state(now: number): KeyState;
  unavailableReason(now: number): UnavailableReason;
  availableAtMs(now: number): number | undefined;
}

function describeHealth(health: Health, clock: SharedClock): HealthStatus {
  const now = clock.now();
  const reason = health.unavailableReason(now);
  const availableAtMs = health.availableAtMs(now);
  return {
    state: health.state(now),
    ...(reason === '' ? {} : { reason }),
    ...(availableAtMs === undefined ? {} : { availableAtMs: clock.toLocal(availableAtMs) }),
  };
}

function inLocalTime(limit: RateLimit, clock: SharedClock): RateLimit {
  return limit.resetsAtMs === undefined ? limit : { ...limit, resetsAtMs: clock.toLocal(limit.resetsAtMs) };
}

function copyCounts<Counts extends UsageCounts>(counts: Counts): Counts {
  return { ...counts, failures: { ...counts.failures } };
}

/** The state and usage of one key at this moment. */
export function describeKey(key: PooledKey, { clock, usage: poolUsage }: KeyPool): KeyStatus {
  const { ref, masked, group, rateLimits, usage } = key;
  const { total, today } = poolUsage.ofAll(key);
  const whole: Health = {
    state: (now) => key.state(unspecifiedBucket, now),
    unavailableReason: (now) => key.unavailableReason(unspecifiedBucket, now),
    availableAtMs: (now) => key.availableAtMs(unspecifiedBucket, now),
  };
  const buckets = [...key.buckets].map(([bucket, health]) => ({ bucket, ...describeHealth(health, clock) }));
  return {
    ...ref,
    masked,
    ...(group === undefined ? {} : { group }),
    ...describeHealth(whole, clock),
    ...(buckets.length === 0 ? {} : { buckets }),
    ...(rateLimits.length === 0 ? {} : { rateLimits: rateLimits.map((limit) => inLocalTime(limit, clock)) }),
    usage: { ...copyCounts(usage), today: poolUsage.todayOf(key) },
    sharedUsage: { ...total, today },
  };
}

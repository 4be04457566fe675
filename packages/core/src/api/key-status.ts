import type { KeyRef } from '../base/key-ref.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';
import { withTimes } from '../provider/read-rate-limits.ts';
import type { KeyState } from '../state/health-view.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { KeyUsage, UsageCounts } from '../state/usage-counts.ts';

/** The health of a key, or of one of its quota buckets. */
interface HealthStatus {
  /** The state now. `recovering`: the cooldown is over and the next call probes the key. */
  readonly state: KeyState;
  /** Why it is suspect, cooling or disabled: the kind of the verdict, or `operator` after `disable()`. */
  readonly reason?: Exclude<UnavailableReason, ''>;
  /** When it becomes available, in ms since the epoch; absent if it is available now, or only `reset()` restores it. */
  readonly availableAtMs?: number;
}

/** One key in `status()`. `state`, `reason` and `availableAtMs` apply to calls without an `operation`. */
export interface KeyStatus extends KeyRef, HealthStatus {
  /** The masked key, such as `sk-…ab12`; `…` for a key under 20 characters. */
  readonly masked: string;
  /** The project or organisation of the key, as configured or as the provider named it. */
  readonly group?: string;
  /** The quota buckets with a recorded failure, until an hour after its end. `unspecified` is the bucket of calls without an `operation`. */
  readonly buckets?: readonly (HealthStatus & { readonly bucket: string })[];
  /** The rate limits that the last response stated. */
  readonly rateLimits?: readonly RateLimit[];
  /** Usage by this process: since it started, and `today` in the provider's time zone. */
  readonly usage: Readonly<KeyUsage> & { readonly today: Readonly<UsageCounts> };
  /** Usage by all processes that share the store, including this one: in total and `today`, as of the last exchange. */
  readonly sharedUsage: Readonly<UsageCounts> & { readonly today: Readonly<UsageCounts> };
}

/** A snapshot of a key manager, without any key. Safe to log and to serialise. */
export interface KeyManagerStatus {
  /** The provider's name, for example `openai`. */
  readonly provider: string;
  /** The provider's name in logs, for example `OpenAI`. */
  readonly displayName: string;
  /** The keys in the order of the list. */
  readonly keys: readonly KeyStatus[];
  /** The store that shares the state; absent without a store. */
  readonly store?: {
    /** The kind of the store, for example `redis`. */
    readonly kind: string;
    /** Whether the last exchange with the store failed. */
    readonly isAway: boolean;
  };
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

function copyCounts<Counts extends UsageCounts>(counts: Counts): Counts {
  return { ...counts, failures: { ...counts.failures } };
}

/** Returns the current state and usage of one key. */
export function describeKey(key: PooledKey, { clock, usage: poolUsage }: KeyPool): KeyStatus {
  const { ref, masked, group, rateLimits, usage } = key;
  const { total, today } = poolUsage.ofAll(key);
  const lastUsedAtMs = usage.lastUsedAtMs === 0 ? 0 : clock.toLocal(usage.lastUsedAtMs);
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
    ...(rateLimits.length === 0
      ? {}
      : { rateLimits: rateLimits.map((limit) => withTimes(limit, (timeMs) => clock.toLocal(timeMs))) }),
    usage: { ...copyCounts(usage), lastUsedAtMs, today: poolUsage.todayOf(key) },
    sharedUsage: { ...total, today },
  };
}

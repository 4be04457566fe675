import type { VerdictKind } from '../base/verdict.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { RequestRate } from '../limits/request-window.ts';
import type { UsedLimit } from '../limits/used-limit.ts';
import type { NextKey } from './next-keys.ts';
import type { QuotaDay } from './quota-day.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { SourceStatus } from '../pool/pool-source.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { KeyState } from '../state/health-view.ts';
import type { KeyOutcomes } from '../state/key-outcomes.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { Latency } from '../state/latency-sketch.ts';
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

/** A limit in `status()`. */
export interface LimitStatus extends Omit<UsedLimit, 'resetsInMs'> {
  /** When less is used, in ms since the epoch; absent for `concurrency`, while nothing is used of a minute, and if no header states it. */
  readonly resetsAtMs?: number;
}

/** One key in `status()`. `state`, `reason` and `availableAtMs` apply to calls without an `operation`. */
export interface KeyStatus extends KeyRef, HealthStatus {
  /** The masked key, such as `sk-…ab12`; `…` for a key under 20 characters. */
  readonly masked: string;
  /** Its weight, if it is not 1; 0 for a standby. */
  readonly weight?: number;
  /** The project or organisation of the key, as configured or as the provider named it. */
  readonly group?: string;
  /** The quota buckets with a recorded failure, until an hour after its end. `unspecified` is the bucket of calls without an `operation`. */
  readonly buckets?: readonly (HealthStatus & { readonly bucket: string })[];
  /** Its limits, from all sources, and how much of each is used. */
  readonly limits?: readonly LimitStatus[];
  /** How its last failed attempt in this process ended; absent while none has failed. Stays after a success and after `reset()`. */
  readonly lastError?: {
    readonly verdict: VerdictKind;
    /** The adapter's short code for the failure. */
    readonly reason: string;
    /** The message of the error as one redacted line. */
    readonly message: string;
    /** When it failed, in ms since the epoch. */
    readonly atMs: number;
  };
  /** When the last attempt in this process that succeeded started, in ms since the epoch; absent while none has. A stream succeeds at its end. */
  readonly lastSuccessAtMs?: number;
  /**
   * How many attempts begin on it, in all pools of this process that have the key, without those that the provider has refused as
   * rate-limited.
   */
  readonly rate: RequestRate;
  /** How long its attempts took that succeeded in the last 30 to 60 min, a stream until its end; with the option `latency`, absent without any. */
  readonly latency?: Latency;
  /** Usage by this process: since it started, and `today` in the provider's time zone. */
  readonly usage: Readonly<KeyUsage> & { readonly today: Readonly<UsageCounts> };
  /** Usage by all processes that share the store, in total and `today`: by this one up to now, by the others as of at most about 30 s ago. */
  readonly sharedUsage: Readonly<UsageCounts> & { readonly today: Readonly<UsageCounts> };
}

/** A snapshot of a key manager, without any key. Safe to log and to serialise. */
export interface KeyManagerStatus {
  /** The provider's name, for example `openai`. */
  readonly provider: string;
  /** The name of the pool; `default` unless the manager names one. */
  readonly pool: string;
  /** The provider's name for people, for example `OpenAI`. */
  readonly displayName: string;
  /** The keys in the order of the list. Each is frozen, and the same object until something about the key changes. */
  readonly keys: readonly KeyStatus[];
  /**
   * The number of keys that a new call without an `operation` could use, as of the moment when it is first read. One at its limit of
   * `concurrency` counts: it is only busy.
   */
  readonly usable: number;
  /**
   * The keys in the order in which a new call without an `operation` tries them, with the reason for each place; then those that cannot
   * be used, the first to be back first. As of the moment when it is first read.
   */
  readonly next: readonly NextKey[];
  /** The key that `prefer()` has put first, and the end of that in ms since the epoch if it has one; absent if none is preferred. */
  readonly preferred?: KeyRef & { readonly untilMs?: number };
  /** The day by which the provider counts, and what all keys together may use in it. */
  readonly day: QuotaDay;
  /** The store that shares the state; absent without a store. */
  readonly store?: {
    /** The kind of the store, for example `redis`. */
    readonly kind: string;
    /** Whether the last exchange with the store failed. */
    readonly isAway: boolean;
    /**
     * The number of processes that have used keys of this pool through the store in about the last two minutes, this one included. Those
     * that make no calls count too if their keys have limits.
     */
    readonly processes: number;
  };
  /** Where the keys come from; absent if the application lists them. */
  readonly source?: SourceStatus;
}

interface Health {
  state(now: number): KeyState;
  unavailableReason(now: number): UnavailableReason;
  availableAtMs(now: number): number | undefined;
}

const { freeze } = Object;

function describeHealth(health: Health, clock: SharedClock, now: number): HealthStatus {
  const reason = health.unavailableReason(now);
  const availableAtMs = health.availableAtMs(now);
  return {
    state: health.state(now),
    ...(reason === '' ? {} : { reason }),
    ...(availableAtMs === undefined ? {} : { availableAtMs: clock.toLocal(availableAtMs) }),
  };
}

function freezeCounts<Counts extends UsageCounts>(counts: Counts): Readonly<Counts> {
  freeze(counts.failures);
  return freeze(counts);
}

function limitsOf(key: PooledKey, { limits, traffic, runtime }: KeyPool, now: number): LimitStatus[] {
  const learned = traffic.learnedUse(key, now);
  const used: UsedLimit[] = [...limits.uses(key), ...traffic.headers.uses(key), ...(learned ? [learned] : [])];
  return used.map(({ resetsInMs, ...use }) => {
    const reset = resetsInMs === undefined ? {} : { resetsAtMs: Math.round(runtime.now() + resetsInMs) };
    return freeze({ ...use, ...reset });
  });
}

function outcomesOf(
  { lastError, lastSuccessMs }: KeyOutcomes,
  clock: SharedClock,
): Pick<KeyStatus, 'lastError' | 'lastSuccessAtMs'> {
  const toLocal = (steadyMs: number) => clock.toLocal(clock.fromSteady(steadyMs));
  const error = lastError && { ...lastError, message: lastError.message.text, atMs: toLocal(lastError.atMs) };
  return {
    ...(error === undefined ? {} : { lastError: freeze(error) }),
    ...(lastSuccessMs === -Infinity ? {} : { lastSuccessAtMs: toLocal(lastSuccessMs) }),
  };
}

/** The status of a key at this shared time. Frozen part by part, because a walk over all parts takes as long as the rest. */
export function describeKey(key: PooledKey, pool: KeyPool, now: number): KeyStatus {
  const { clock, usage: poolUsage } = pool;
  const { ref, masked, group, usage } = key;
  const { total, today } = poolUsage.ofAll(key);
  const lastUsedAtMs = usage.lastUsedAtMs === 0 ? 0 : clock.toLocal(usage.lastUsedAtMs);
  const whole: Health = {
    state: () => key.state(unspecifiedBucket, now),
    unavailableReason: () => key.unavailableReason(unspecifiedBucket, now),
    availableAtMs: () => key.availableAtMs(unspecifiedBucket, now),
  };
  const buckets = [...key.buckets].map(([bucket, health]) => freeze({ bucket, ...describeHealth(health, clock, now) }));
  const limits = limitsOf(key, pool, now);
  const latency = pool.measuresLatency ? key.outcomes.latency?.read(clock.toSteady(now)) : undefined;
  return freeze({
    ...ref,
    masked,
    ...(key.weight === 1 ? {} : { weight: key.weight }),
    ...(group === undefined ? {} : { group }),
    ...describeHealth(whole, clock, now),
    ...(buckets.length === 0 ? {} : { buckets: freeze(buckets) }),
    ...(limits.length === 0 ? {} : { limits: freeze(limits) }),
    ...outcomesOf(key.outcomes, clock),
    rate: freeze(pool.traffic.rate(key, now)),
    ...(latency === undefined ? {} : { latency: freeze(latency) }),
    usage: freezeCounts({
      ...usage,
      failures: { ...usage.failures },
      lastUsedAtMs,
      today: freezeCounts(poolUsage.todayOf(key)),
    }),
    sharedUsage: freezeCounts({ ...total, today: freezeCounts(today) }),
  });
}

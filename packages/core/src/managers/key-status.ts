import type { KeyRef } from '../events/key-ref.ts';
import type { UsedLimit } from '../limits/used-limit.ts';
import { nextKeys, type NextKey } from './next-keys.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
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
   * The keys in the order in which a new call without an `operation` tries them, with the reason for each place; then those that cannot
   * be used, the first to be back first. As of the moment when it is first read.
   */
  readonly next: readonly NextKey[];
  /** The key that `prefer()` has put first, and the end of that in ms since the epoch if it has one; absent if none is preferred. */
  readonly preferred?: KeyRef & { readonly untilMs?: number };
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

const { freeze } = Object;
const limitsChangeMs = 1000;

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

// Frozen part by part, because a walk over all parts takes as long as the rest.
function describeKey(key: PooledKey, pool: KeyPool, now: number): KeyStatus {
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
  return freeze({
    ...ref,
    masked,
    ...(key.weight === 1 ? {} : { weight: key.weight }),
    ...(group === undefined ? {} : { group }),
    ...describeHealth(whole, clock, now),
    ...(buckets.length === 0 ? {} : { buckets: freeze(buckets) }),
    ...(limits.length === 0 ? {} : { limits: freeze(limits) }),
    usage: freezeCounts({
      ...usage,
      failures: { ...usage.failures },
      lastUsedAtMs,
      today: freezeCounts(poolUsage.todayOf(key)),
    }),
    sharedUsage: freezeCounts({ ...total, today: freezeCounts(today) }),
  });
}

function preferredOf({ selection: { preferred }, runtime }: KeyPool): Pick<KeyManagerStatus, 'preferred'> {
  const { key, leftMs } = preferred;
  if (!key) return {};
  const end = leftMs === Infinity ? {} : { untilMs: Math.round(runtime.now() + leftMs) };
  return { preferred: freeze({ ...key.ref, ...end }) };
}

/** The status of a key, and until when it holds unless the key changes. Times are those of the shared clock, in ms. */
interface KnownStatus {
  readonly key: PooledKey;
  readonly revision: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly status: KeyStatus;
}

function isCurrent({ revision, fromMs, untilMs }: KnownStatus, key: PooledKey, now: number): boolean {
  return revision === key.statusRevision && fromMs <= now && now < untilMs;
}

/**
 * Reads the status of a pool. Rebuilds the status of a key only after the key has changed, a state has ended by the clock, a new day
 * has begun or a clock was set. Until then all callers receive the same object, so it is frozen.
 */
export class StatusReader {
  readonly #pool: KeyPool;
  #known: readonly KnownStatus[] = [];
  #day = '';
  /** The offset of the shared clock. */
  #offsetMs = 0;
  /** The difference between the clock of this process and the shared clock, in ms. */
  #toLocalMs = 0;
  /** Whether the status of any key can show limits that change by themselves. */
  #hasLimits = false;

  constructor(pool: KeyPool) {
    this.#pool = pool;
  }

  read(): KeyManagerStatus {
    const { origin, adapter, shared, clock, keys } = this.#pool;
    const store = shared.status;
    this.#pool.refreshStatus();
    if (this.#isOutdated()) this.#known = [];
    const now = clock.now();
    this.#known = keys.map((key, index) => {
      const known = this.#known[index];
      return known?.key === key && isCurrent(known, key, now) ? known : this.#describe(key, now);
    });
    const pool = this.#pool;
    let next: readonly NextKey[] | undefined;
    return {
      ...origin,
      displayName: adapter.displayName,
      keys: this.#known.map(({ status }) => status),
      // Not computed before it is read, because it orders all keys each time.
      get next() {
        return (next ??= nextKeys(pool));
      },
      ...preferredOf(pool),
      ...(store ? { store } : {}),
    };
  }

  /** Whether the day has changed, a clock was set, or the first limit has become known since the last time. */
  #isOutdated(): boolean {
    const { clock, usage, limits, traffic } = this.#pool;
    const hasLimits = limits.areKnown || traffic.ranksKeys;
    const toLocalMs = clock.toLocal(0);
    // Both clocks are rounded, so their difference varies by 1 ms.
    const isSame =
      usage.day === this.#day &&
      clock.offsetMs === this.#offsetMs &&
      Math.abs(toLocalMs - this.#toLocalMs) <= 1 &&
      hasLimits === this.#hasLimits;
    if (isSame) return false;
    this.#hasLimits = hasLimits;
    this.#day = usage.day;
    this.#offsetMs = clock.offsetMs;
    this.#toLocalMs = toLocalMs;
    return true;
  }

  #describe(key: PooledKey, now: number): KnownStatus {
    key.forgetOldBuckets();
    const status = describeKey(key, this.#pool, now);
    const untilMs = Math.min(key.changesAtMs(now), this.#hasLimits ? now + limitsChangeMs : Infinity);
    return { key, revision: key.statusRevision, fromMs: now, untilMs, status };
  }
}

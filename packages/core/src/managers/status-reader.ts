import { oneRequest } from '../limits/draw.ts';
import { untilOneEndsMs } from '../limits/meters.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { describeKey, type KeyManagerStatus, type KeyStatus } from './key-status.ts';
import { nextKeys, type NextKey } from './next-keys.ts';
import { quotaDayOf } from './quota-day.ts';

/** How long limits are shown as they were: of keys in use, and at most of idle ones, whose limits hardly change. */
const [usedLimitsMs, idleLimitsMs] = [1000, 10_000];

function preferredOf({ selection: { preferred }, runtime }: KeyPool): Pick<KeyManagerStatus, 'preferred'> {
  const { key, leftMs } = preferred;
  if (!key) return {};
  const end = leftMs === Infinity ? {} : { untilMs: Math.round(runtime.now() + leftMs) };
  return { preferred: Object.freeze({ ...key.ref, ...end }) };
}

/** The status of a key, and until when it holds unless the key changes. Times are those of the shared clock, in ms. */
interface KnownStatus {
  readonly key: PooledKey;
  readonly revision: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly status: KeyStatus;
}

function isCurrent(
  { revision, fromMs, untilMs, status }: KnownStatus,
  key: PooledKey,
  pool: KeyPool,
  now: number,
): boolean {
  if (revision !== key.statusRevision || now < fromMs || now >= untilMs) return false;
  // Requests of other pools count too, and leave the last minute by the clock.
  const { lastMinute, peak } = pool.traffic.rate(key, now);
  return lastMinute === status.rate.lastMinute && peak === status.rate.peak;
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
    const pool = this.#pool;
    const { origin, adapter, shared, source, clock, keys } = pool;
    const store = shared.status;
    pool.refreshStatus();
    if (this.#isOutdated()) this.#known = [];
    const now = clock.now();
    this.#known = keys.map((key, index) => {
      const known = this.#known[index];
      return known?.key === key && isCurrent(known, key, pool, now) ? known : this.#describe(key, now);
    });
    let usable: number | undefined;
    let next: readonly NextKey[] | undefined;
    return {
      ...origin,
      displayName: adapter.displayName,
      keys: this.#known.map(({ status }) => status),
      // Not computed before they are read, because they look at all keys each time.
      get usable() {
        return (usable ??= keys.filter((key) => canServe(pool, key)).length);
      },
      get next() {
        return (next ??= nextKeys(pool));
      },
      ...preferredOf(pool),
      day: quotaDayOf(pool),
      ...(store ? { store } : {}),
      ...(source ? { source: source.status } : {}),
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
    const limitsUntilMs = this.#hasLimits ? now + this.#limitsLastMs(key, status) : Infinity;
    const latencyUntilMs = status.latency
      ? this.#pool.clock.fromSteady(key.outcomes.latency?.changesAtMs ?? 0)
      : Infinity;
    const untilMs = Math.min(key.changesAtMs(now), limitsUntilMs, latencyUntilMs);
    return { key, revision: key.statusRevision, fromMs: now, untilMs, status };
  }

  /** Idle keys take turns, because to rebuild thousands at once would hold up calls. */
  #limitsLastMs({ index }: PooledKey, { rate, limits = [] }: KeyStatus): number {
    if (rate.lastMinute > 0) return usedLimitsMs;
    const nowMs = this.#pool.runtime.now();
    const resetsInMs = limits.flatMap(({ resetsAtMs }) => (resetsAtMs === undefined ? [] : [resetsAtMs - nowMs]));
    const turnMs = idleLimitsMs / 2 + ((index * usedLimitsMs) % (idleLimitsMs / 2 + 1));
    return Math.max(usedLimitsMs, Math.min(turnMs, ...resetsInMs));
  }
}

/** Whether a call can use the key, now or when one of its running attempts ends. */
function canServe(pool: KeyPool, key: PooledKey): boolean {
  if (pool.isUsable(key, oneRequest)) return true;
  const now = pool.clock.now();
  const isOut = ['cooling', 'disabled'].includes(key.state(unspecifiedBucket, now));
  return !isOut && pool.limits.roomInMs(key, oneRequest, now) === untilOneEndsMs;
}

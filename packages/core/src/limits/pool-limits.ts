import type { PooledKey } from '../state/pooled-key.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { Began, Counts, LimitTime } from './counts.ts';
import { LimitClock } from './limit-clock.ts';
import type { Draw, LimitName } from './limit-options.ts';
import type { Meters, LimitUse } from './meters.ts';
import { PoolMeters, type ConfiguredLimits, type LimitedKeys } from './pool-meters.ts';
import type { KeyTraffic, PoolTraffic } from './pool-traffic.ts';
import { SharedUse } from './shared-use.ts';

/** What limits need of their pool. */
interface LimitedPool {
  readonly adapter: { readonly definition: { readonly timeZone?: string } };
  readonly clock: SharedClock;
  readonly traffic: PoolTraffic;
  readonly usage: PoolUsage;
  readonly slots: { expire(now: number): void };
  readonly waiting: { wake(): void };
  /** The store that processes share; `undefined` without one. */
  readonly store: object | undefined;
  /** Asks the store within a second what other processes have used. */
  requestTotals(): void;
  /** The same key in other pools of this process. */
  readonly twins: {
    of(key: PooledKey): readonly { readonly key: PooledKey; readonly pool: { readonly usage: PoolUsage } }[];
  };
}

/** A limit as it is used now. */
export interface UsedLimit extends LimitUse {
  /** The quota bucket; absent for a limit of the whole key. */
  readonly bucket?: string;
  /** The group whose keys share the limit; absent for a limit of the key. */
  readonly group?: string;
}

/** Keeps configured limits: an attempt begins only where all of its key, its bucket and its group have room. */
export class PoolLimits {
  /** Whether any limit is configured. Until then nothing is looked up. */
  isActive = false;
  readonly #pool: LimitedPool;
  readonly #meters: PoolMeters;
  readonly #sharedUse: SharedUse;
  readonly #clock: LimitClock;

  constructor(limits: ConfiguredLimits, list: LimitedKeys, pool: LimitedPool) {
    this.#pool = pool;
    this.#meters = new PoolMeters(limits, list, pool);
    this.#sharedUse = new SharedUse(pool, this.#meters, () => this.#timeOf(pool.clock.now()));
    this.#clock = new LimitClock(pool.clock, pool.adapter.definition.timeZone);
  }

  /** Replaces the keys of the pool. */
  replace(list: LimitedKeys): void {
    this.isActive = this.#meters.replace(list);
    if (this.isActive && this.#pool.store) this.#sharedUse.start();
  }

  /** Goes on with what another manager of the pool has counted of the same key. */
  takeOver(key: PooledKey, counts: KeyTraffic['counts']): void {
    if (!counts) return;
    this.#pool.traffic.of(key).counts = counts;
    this.#meters.forget(key);
  }

  /** The time in ms until an attempt on this key has room at this shared time; 0 for now. One that has reserved its room draws on 0 requests. */
  roomInMs(key: PooledKey, draw: Draw, now: number): number {
    if (!this.isActive || draw.requests === 0) return 0;
    const time = this.#timeOf(now);
    const { whole, buckets } = this.#meters.of(key);
    const ofKey = whole.roomInMs(draw, time);
    if (buckets.size === 0 && !this.#meters.hasGroups) return ofKey;
    const ofBucket = buckets.get(draw.bucket)?.roomInMs(draw, time) ?? 0;
    return Math.max(ofKey, ofBucket, this.#meters.ofGroup(key)?.roomInMs(draw, time) ?? 0);
  }

  /** The least share that is left of the limits which apply to such an attempt on this key, from 0 to 1; 1 without a limit. */
  shareLeft(key: PooledKey, draw: Draw, now: number): number {
    if (!this.isActive) return 1;
    const time = this.#timeOf(now);
    return Math.min(...this.#all(key, draw).map((meters) => meters.shareLeft(time)));
  }

  /** All that an attempt on this key is counted in. Keep it until the end, because groups and limits can change meanwhile. */
  countsOf(key: PooledKey, { bucket }: Draw): readonly Counts[] {
    const { counts } = this.#pool.traffic.of(key);
    const ofGroup = this.#meters.ofGroup(key)?.counts;
    return [counts?.whole, counts?.buckets.get(bucket), ofGroup].filter((found) => found !== undefined);
  }

  /** Whether a limit needs to know the tokens of what is counted here. */
  countsTokens(counted: readonly Counts[]): boolean {
    return counted.some(({ limitsTokens }) => limitsTokens);
  }

  /** Counts an attempt that begins. */
  begin(counted: readonly Counts[], draw: Draw, now: number): void {
    const time = this.#timeOf(now);
    for (const counts of counted) counts.begin(draw, time);
  }

  /** When an attempt begins at this shared time, to correct its tokens later. */
  beganAt(sharedTime: number): Began {
    const { now: atMs, day } = this.#timeOf(sharedTime);
    return { atMs, day };
  }

  /** Corrects the tokens of an attempt by the difference to the real number, as often as more is known of it. */
  correctTokens(counted: readonly Counts[], difference: number, began: Began): void {
    const time = this.#timeOf(this.#pool.clock.now());
    for (const counts of counted) counts.correctTokens(difference, began, time);
  }

  /** Asks what other processes have used, because an attempt on this key has begun. */
  askOthers(key: PooledKey, draw: Draw): void {
    if (this.#pool.store) this.#sharedUse.watch(this.#all(key, draw));
  }

  /** How much of the limits of a key is used. */
  uses(key: PooledKey): readonly UsedLimit[] {
    if (!this.isActive) return [];
    const time = this.#timeOf(this.#pool.clock.now());
    const { whole, buckets } = this.#meters.of(key);
    const ofBuckets = [...buckets].flatMap(([bucket, meters]) => meters.uses(time).map((use) => ({ ...use, bucket })));
    const { group } = key;
    const ofGroup = this.#meters.ofGroup(key)?.uses(time) ?? [];
    return [
      ...whole.uses(time),
      ...ofBuckets,
      ...ofGroup.map((use) => ({ ...use, ...(group === undefined ? {} : { group }) })),
    ];
  }

  /** The name of the limit that keeps a key from an attempt for the longest time. */
  fullest(key: PooledKey, draw: Draw): LimitName | undefined {
    const full = this.uses(key).filter(
      ({ used, limit, bucket }) => used >= limit && (bucket ?? draw.bucket) === draw.bucket,
    );
    return full.toSorted((a, b) => (b.resetsInMs ?? 0) - (a.resetsInMs ?? 0))[0]?.name;
  }

  /** Converts a shared time, which is that of the caller, because to read a clock takes as long as the rest. */
  #timeOf(now: number): LimitTime {
    const { clock, usage, slots } = this.#pool;
    usage.startDayIfDue(now);
    slots.expire(now);
    return this.#clock.at(now, usage.day, this.#sharedUse);
  }

  /** All meters that apply to an attempt on this key. */
  #all(key: PooledKey, { bucket }: Draw): readonly Meters[] {
    const { whole, buckets } = this.#meters.of(key);
    return [whole, buckets.get(bucket), this.#meters.ofGroup(key)].filter((meters) => meters !== undefined);
  }
}

import { meaningOf } from '../provider/key-limits.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { Counts } from './counts.ts';
import { LimitClock } from './limit-clock.ts';
import type { Amounts, Draw } from './draw.ts';
import type { LimitUse, Meters } from './meters.ts';
import {
  PoolMeters,
  type ConfiguredLimits,
  type KeyMeters,
  type LimitedKeys,
  type MeteredPool,
} from './pool-meters.ts';
import type { KeyTraffic } from './pool-traffic.ts';
import { SharedUse, type SharedStore } from './shared-use.ts';
import type { Began, LimitTime } from './tally.ts';

/** A longer wait is for the next day. */
const longestOfMinuteMs = 61_000;

/** What limits need of their pool. */
interface LimitedPool extends MeteredPool {
  readonly adapter: MeteredPool['adapter'] & { readonly definition: { readonly timeZone?: string } };
  readonly clock: SharedClock;
  readonly slots: { expire(now: number): void };
  readonly waiting: { wake(): void };
  readonly shared: SharedStore;
}

/** A limit as it is used now. */
interface MeteredUse extends LimitUse {
  readonly source: 'configured' | 'documented';
  /** The quota bucket; absent for a limit of the whole key. */
  readonly bucket?: string;
  /** The group whose keys share the limit; absent for a limit of the key. */
  readonly group?: string;
}

/**
 * Keeps configured limits: an attempt begins only where all of its key, its bucket and its group have room. By the limits that the
 * provider documents, a key is only full.
 */
export class PoolLimits {
  /** Whether any limit is configured. Until then nothing is looked up. */
  isActive = false;
  /** Whether the provider documents limits, by which a key can be full. */
  readonly ranksKeys: boolean;
  readonly #pool: LimitedPool;
  readonly #meters: PoolMeters;
  readonly #sharedUse: SharedUse;
  readonly #clock: LimitClock;
  /** The date of the last look at the wall clock. */
  #dayCheckedAt = 0;

  constructor(limits: ConfiguredLimits, list: LimitedKeys, pool: LimitedPool) {
    this.#pool = pool;
    this.#meters = new PoolMeters(limits, list, pool);
    this.#sharedUse = new SharedUse(pool, this.#meters, () => this.#timeOf(pool.clock.now()));
    this.#clock = new LimitClock(pool.clock, pool.adapter.definition.timeZone);
    this.ranksKeys = this.#meters.areDocumented;
  }

  /** Whether any limit is configured or documented. */
  get areKnown(): boolean {
    return this.isActive || this.ranksKeys;
  }

  /** Replaces the keys of the pool. */
  replace(list: LimitedKeys): void {
    this.#meters.replace(list);
    this.isActive = this.#meters.areConfigured;
    if (this.isActive && this.#pool.shared.store) this.#sharedUse.start();
  }

  /** Goes on with what another manager of the pool has counted. */
  takeOver(before: PoolLimits): void {
    before.endSharing();
    this.#meters.takeOverGroups((group) => before.countsOfGroup(group), this.#timeOf(this.#pool.clock.now()));
  }

  /** Goes on with what another manager of the pool has counted of the same key. */
  takeOverKey(key: PooledKey, counts: KeyTraffic['counts']): void {
    if (!counts) return;
    const traffic = this.#pool.traffic.of(key);
    const own = traffic.counts;
    const time = this.#timeOf(this.#pool.clock.now());
    if (own && own !== counts) {
      counts.whole.absorb(own.whole, time);
      for (const [bucket, ofBucket] of own.buckets) {
        const known = counts.buckets.get(bucket);
        if (known) known.absorb(ofBucket, time);
        else counts.buckets.set(bucket, ofBucket);
      }
    }
    traffic.counts = counts;
    this.#meters.forget(key);
  }

  /** Stops to count what other processes use, because another manager has taken over. */
  endSharing(): void {
    this.#sharedUse.end();
  }

  /** What is counted of a group; `undefined` if it has no limits. */
  countsOfGroup(group: string): Counts | undefined {
    return this.#meters.countsOfGroup(group);
  }

  /** The time in ms until an attempt on this key has room at this shared time; 0 for now. One that has reserved its room draws on 0 requests. */
  roomInMs(key: PooledKey, draw: Draw, now: number): number {
    if (!this.isActive || draw.requests === 0) return 0;
    const waitMs = this.#roomInMs(key, draw, now);
    return waitMs > longestOfMinuteMs && this.#hasDayEnded() ? this.#roomInMs(key, draw, now) : waitMs;
  }

  /** The time in ms until an attempt on this key has room by the limits that the provider documents; 0 for now. */
  documentedRoomInMs(key: PooledKey, draw: Draw, now: number): number {
    return this.ranksKeys ? roomInMs(this.#meters.documentedOf(key), draw, this.#timeOf(now)) : 0;
  }

  /** The least share that is left of the limits which apply to such an attempt on this key, from 0 to 1; 1 without a limit. */
  shareLeft(key: PooledKey, draw: Draw, now: number): number {
    if (!this.isActive) return 1;
    const time = this.#timeOf(now);
    return Math.min(...this.#configured(key, draw).map((meters) => meters.shareLeft(time)));
  }

  /** All that an attempt on this key is counted in. Keep it until the end, because groups and limits can change meanwhile. */
  countsOf(key: PooledKey, { bucket }: Draw): readonly Counts[] {
    return this.#meters.countsOf(key, bucket);
  }

  /** Whether a limit of tokens applies to an attempt that is counted there. */
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
    for (const { tokens } of counted) tokens.correct(difference, began, time);
  }

  /** Asks what other processes have used, because an attempt on this key has begun. */
  askOthers(key: PooledKey, draw: Draw): void {
    if (this.#pool.shared.store) this.#sharedUse.watch(this.#configured(key, draw));
  }

  /** The time in ms until the next day in the provider's time zone. */
  toMidnightMs(): number {
    return this.#clock.toMidnightMs();
  }

  /** How much of the limits of a key is used. */
  uses(key: PooledKey): readonly MeteredUse[] {
    const time = this.#timeOf(this.#pool.clock.now());
    const { group } = key;
    const inGroup = group === undefined ? {} : { group };
    const ofAccount = this.ranksKeys ? usesOf(this.#meters.documentedOf(key), 'documented', time) : [];
    const documented = ofAccount.map((use) => ({ ...use, ...inGroup }));
    if (!this.isActive) return documented;
    const ofGroup = this.#meters.ofGroup(key)?.uses(time) ?? [];
    return [
      ...usesOf(this.#meters.of(key), 'configured', time),
      ...ofGroup.map((use) => ({ ...use, source: 'configured' as const, ...inGroup })),
      ...documented,
    ];
  }

  /** The configured limit that keeps a key from an attempt for the longest time. */
  fullest(key: PooledKey, draw: Draw): MeteredUse | undefined {
    const isFull = ({ source, used, limit }: MeteredUse) => source === 'configured' && used >= limit;
    return longestOf(this.uses(key).filter((use) => isFull(use) && appliesTo(use, draw)));
  }

  /**
   * The limits whose last room these amounts have taken, the longest of the key or bucket and that of the group, and the time in ms until
   * such an attempt has room again.
   */
  lastTaken(key: PooledKey, draw: Draw, taken: Amounts): readonly (MeteredUse & { readonly roomInMs: number })[] {
    const now = this.#pool.clock.now();
    const waits = { configured: this.roomInMs(key, draw, now), documented: this.documentedRoomInMs(key, draw, now) };
    if (waits.configured === 0 && waits.documented === 0) return [];
    const filled = this.uses(key).filter((use) => isLastTaken(use, draw, taken));
    const ofKey = longestOf(filled.filter(({ group }) => group === undefined));
    const ofGroup = longestOf(filled.filter(({ group }) => group !== undefined));
    return [ofKey, ofGroup].flatMap((use) => (use ? { ...use, roomInMs: waits[use.source] } : []));
  }

  #roomInMs(key: PooledKey, draw: Draw, now: number): number {
    const time = this.#timeOf(now);
    const ofKey = roomInMs(this.#meters.of(key), draw, time);
    if (!this.#meters.hasGroups) return ofKey;
    return Math.max(ofKey, this.#meters.ofGroup(key)?.roomInMs(draw, time) ?? 0);
  }

  /** Whether the wall clock was set past midnight. Looked up once a second at most, because it takes longer than a call. */
  #hasDayEnded(): boolean {
    const { usage, clock } = this.#pool;
    const date = clock.date();
    if (Math.abs(date - this.#dayCheckedAt) < 1000) return false;
    this.#dayCheckedAt = date;
    const { day } = usage;
    usage.startDay();
    return usage.day !== day;
  }

  /** Converts a shared time, which is that of the caller, because to read a clock takes as long as the rest. */
  #timeOf(now: number): LimitTime {
    const { usage, slots, clock } = this.#pool;
    usage.startDayIfDue(now);
    slots.expire(clock.toSteady(now));
    return this.#clock.at(now, usage.day, this.#sharedUse);
  }

  /** All meters of configured limits that apply to an attempt on this key. */
  #configured(key: PooledKey, { bucket }: Draw): readonly Meters[] {
    const { whole, buckets } = this.#meters.of(key);
    return [whole, buckets.get(bucket), this.#meters.ofGroup(key)].filter((meters) => meters !== undefined);
  }
}

function roomInMs({ whole, buckets }: KeyMeters, draw: Draw, time: LimitTime): number {
  const ofKey = whole.roomInMs(draw, time);
  return buckets.size === 0 ? ofKey : Math.max(ofKey, buckets.get(draw.bucket)?.roomInMs(draw, time) ?? 0);
}

function usesOf({ whole, buckets }: KeyMeters, source: MeteredUse['source'], time: LimitTime): MeteredUse[] {
  const ofBuckets = [...buckets].flatMap(([bucket, meters]) => meters.uses(time).map((use) => ({ ...use, bucket })));
  return [...whole.uses(time), ...ofBuckets].map((use) => ({ ...use, source }));
}

/** Whether a limit applies to such an attempt. */
function appliesTo({ bucket }: MeteredUse, draw: Draw): boolean {
  return bucket === undefined || bucket === draw.bucket;
}

function longestOf(uses: readonly MeteredUse[]): MeteredUse | undefined {
  return uses.toSorted((a, b) => (b.resetsInMs ?? 0) - (a.resetsInMs ?? 0))[0];
}

/** Whether a limit is used up with these amounts, and was not without them. Running attempts end all the time, so they do not count. */
function isLastTaken(use: MeteredUse, draw: Draw, taken: Amounts): boolean {
  const { name, used, limit } = use;
  const meaning = meaningOf[name];
  return meaning !== undefined && appliesTo(use, draw) && used >= limit && used - taken[meaning.measure] < limit;
}

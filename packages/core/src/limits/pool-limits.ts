import { nextMidnight } from '../provider/next-midnight.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { meaningOf, type KeyLimits, type Limits } from '../provider/key-limits.ts';
import type { Draw } from './limit-options.ts';
import { Counts, type LimitTime } from './counts.ts';
import { Meters, type LimitUse } from './meters.ts';
import type { KeyTraffic, PoolTraffic } from './pool-traffic.ts';

/** The limits that a manager configures. */
export interface ConfiguredLimits {
  /** Those of each key that has none of its own. */
  readonly limits?: KeyLimits | undefined;
  /** Group → the limits of all its keys together. */
  readonly groupLimits?: Readonly<Record<string, Limits>> | undefined;
}

/** What limits need of their pool. */
interface LimitedPool {
  readonly adapter: { readonly definition: { readonly timeZone?: string; readonly limits?: KeyLimits } };
  readonly clock: SharedClock;
  readonly traffic: PoolTraffic;
  readonly usage: PoolUsage;
  readonly slots: { expire(now: number): void };
  /** The same key in other pools of this process. */
  readonly twins: {
    of(key: PooledKey): readonly { readonly key: PooledKey; readonly pool: { readonly usage: PoolUsage } }[];
  };
}

/** The keys of a pool, and the limits that are listed with some of them. */
interface LimitedKeys {
  readonly ring: KeyRing;
  readonly limits: ReadonlyMap<PooledKey, KeyLimits>;
}

interface KeyMeters {
  readonly whole: Meters;
  readonly buckets: ReadonlyMap<string, Meters>;
}

/** A limit as it is used now. */
interface MeteredUse extends LimitUse {
  readonly source: 'configured' | 'provider';
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
  readonly #limits: KeyLimits | undefined;
  readonly #groups: ReadonlyMap<string, Meters>;
  readonly #byKey = new Map<PooledKey, KeyMeters>();
  /** By the limits that the provider documents, without the configured ones of the same names. */
  readonly #documented = new Map<PooledKey, KeyMeters>();
  /** One object for all, because limits are asked several times in a call. */
  readonly #time: { now: number; day: string; toMidnightMs(): number } = {
    now: 0,
    day: '',
    toMidnightMs: () => {
      const { adapter, clock } = this.#pool;
      return nextMidnight(clock.date(), adapter.definition.timeZone ?? 'UTC') - clock.date();
    },
  };
  /** Bucket → the calls that wait for room, the first one first. */
  readonly #waiting = new Map<string, Set<object>>();
  #list: LimitedKeys;

  constructor({ limits, groupLimits = {} }: ConfiguredLimits, list: LimitedKeys, pool: LimitedPool) {
    this.#pool = pool;
    this.ranksKeys = pool.adapter.definition.limits !== undefined;
    this.#limits = limits;
    this.#list = list;
    this.#groups = new Map(
      Object.entries(groupLimits).map(([group, ofGroup]) => [group, this.#metersOfGroup(group, ofGroup)]),
    );
  }

  /** Replaces the keys of the pool. */
  replace(list: LimitedKeys): void {
    this.#list = list;
    this.#byKey.clear();
    this.#documented.clear();
    this.isActive = this.#limits !== undefined || this.#groups.size > 0 || list.limits.size > 0;
    // From now on their requests count, in all pools that have the key.
    if (this.isActive) for (const key of list.ring.keys) this.#metersOf(key);
    if (this.ranksKeys) for (const key of list.ring.keys) this.#documentedOf(key);
  }

  /** Goes on with what another manager of the pool has counted of the same key. */
  takeOver(key: PooledKey, counts: KeyTraffic['counts']): void {
    if (!counts) return;
    this.#pool.traffic.of(key).counts = counts;
    this.#byKey.delete(key);
    this.#documented.delete(key);
  }

  /** The time in ms until an attempt on this key has room at this shared time; 0 for now. One that has reserved its room draws on 0 requests. */
  roomInMs(key: PooledKey, draw: Draw, now: number): number {
    if (!this.isActive || draw.requests === 0) return 0;
    const time = this.#timeOf(now);
    const ofKey = roomInMs(this.#metersOf(key), draw, time);
    if (this.#groups.size === 0) return ofKey;
    const ofGroup = key.group === undefined ? 0 : (this.#groups.get(key.group)?.roomInMs(draw, time) ?? 0);
    return Math.max(ofKey, ofGroup);
  }

  /** The time in ms until an attempt on this key has room by the limits that the provider documents; 0 for now. */
  documentedRoomInMs(key: PooledKey, draw: Draw, now: number): number {
    return this.ranksKeys ? roomInMs(this.#documentedOf(key), draw, this.#timeOf(now)) : 0;
  }

  /** All that an attempt on this key is counted in. Keep it until the end, because groups and limits can change meanwhile. */
  countsOf(key: PooledKey, { bucket }: Draw): readonly Counts[] {
    const { counts } = this.#pool.traffic.of(key);
    const ofGroup = key.group === undefined ? undefined : this.#groups.get(key.group)?.counts;
    return [counts?.whole, counts?.buckets.get(bucket), ofGroup].filter((found) => found !== undefined);
  }

  /** Counts an attempt that begins. */
  begin(counted: readonly Counts[], draw: Draw, now: number): void {
    const time = this.#timeOf(now);
    for (const counts of counted) counts.begin(draw, time);
  }

  /** Counts an attempt that has ended, with the tokens that it has really taken if they are known. */
  end(counted: readonly Counts[], draw: Draw, beganAtMs: number, tokens: number | undefined): void {
    for (const counts of counted) counts.running--;
    if (tokens === undefined || tokens === draw.tokens) return;
    const time = this.#timeOf(this.#pool.clock.now());
    for (const counts of counted) counts.correctTokens(tokens - draw.tokens, beganAtMs, time);
  }

  /** How much of the limits of a key is used. */
  uses(key: PooledKey): readonly MeteredUse[] {
    const time = this.#timeOf(this.#pool.clock.now());
    const documented = this.ranksKeys ? usesOf(this.#documentedOf(key), 'provider', time) : [];
    if (!this.isActive) return documented;
    const { group } = key;
    const ofGroup = group === undefined ? [] : (this.#groups.get(group)?.uses(time) ?? []);
    return [
      ...usesOf(this.#metersOf(key), 'configured', time),
      ...ofGroup.map((use) => ({ ...use, source: 'configured' as const, ...(group === undefined ? {} : { group }) })),
      ...documented,
    ];
  }

  /** The limit whose last room an attempt has taken that has just begun, and the time in ms until there is room again. */
  lastTaken(key: PooledKey, draw: Draw, now: number): (MeteredUse & { readonly roomInMs: number }) | undefined {
    const waits = { configured: this.roomInMs(key, draw, now), provider: this.documentedRoomInMs(key, draw, now) };
    if (waits.configured === 0 && waits.provider === 0) return undefined;
    const taken = this.uses(key).filter((use) => isLastTaken(use, draw));
    const [longest] = taken.toSorted((a, b) => (b.resetsInMs ?? 0) - (a.resetsInMs ?? 0));
    return longest && { ...longest, roomInMs: waits[longest.source] };
  }

  /** Whether no other call waits for room in this bucket before this one. */
  isFirst(call: object, { bucket }: Draw): boolean {
    const [first] = this.#waiting.get(bucket) ?? [];
    return first === undefined || first === call;
  }

  /** Queues a call that waits for room in a bucket. */
  join(call: object, { bucket }: Draw): void {
    this.#waiting.set(bucket, (this.#waiting.get(bucket) ?? new Set()).add(call));
  }

  /** Removes a call from the queue. Returns whether it was in there. */
  leave(call: object, { bucket }: Draw): boolean {
    const waiting = this.#waiting.get(bucket);
    const wasWaiting = waiting?.delete(call) === true;
    if (waiting?.size === 0) this.#waiting.delete(bucket);
    return wasWaiting;
  }

  /** Converts a shared time, which is that of the caller, because to read a clock takes as long as the rest. */
  #timeOf(now: number): LimitTime {
    const { clock, usage, slots } = this.#pool;
    usage.startDayIfDue(now);
    slots.expire(now);
    this.#time.now = now - clock.offsetMs;
    this.#time.day = usage.day;
    return this.#time;
  }

  #metersOf(key: PooledKey): KeyMeters {
    const known = this.#byKey.get(key);
    if (known) return known;
    const meters = this.#meter(key, this.#configuredOf(key));
    this.#byKey.set(key, meters);
    return meters;
  }

  #documentedOf(key: PooledKey): KeyMeters {
    const known = this.#documented.get(key);
    if (known) return known;
    const meters = this.#meter(key, without(this.#pool.adapter.definition.limits, this.#configuredOf(key)));
    this.#documented.set(key, meters);
    return meters;
  }

  #configuredOf(key: PooledKey): KeyLimits {
    return merged(this.#limits, this.#list.limits.get(key));
  }

  #meter(key: PooledKey, { buckets = {}, ...whole }: KeyLimits): KeyMeters {
    const traffic = this.#pool.traffic.of(key);
    const counts = (traffic.counts ??= { whole: new Counts(), buckets: new Map() });
    return {
      whole: new Meters(whole, counts.whole, {
        ofDay: (measure) => {
          // Tokens are not in the usage that the store keeps.
          if (measure === 'tokens') return counts.whole.ofDay(measure, this.#pool.usage.day);
          const { usage, twins } = this.#pool;
          const ofTwins = twins.of(key).map((twin) => twin.pool.usage.usedToday(twin.key, measure));
          const used = ofTwins.reduce((sum, ofTwin) => sum + ofTwin, usage.usedToday(key, measure));
          // A new key of the account has no usage yet, but goes on with what was counted.
          return Math.max(used, counts.whole.ofDay(measure, usage.day));
        },
        running: () => this.#pool.twins.of(key).reduce((sum, twin) => sum + twin.key.usage.inUse, key.usage.inUse),
      }),
      buckets: new Map(
        Object.entries(buckets).map(([bucket, limits]) => {
          const ofBucket = counts.buckets.get(bucket) ?? new Counts();
          counts.buckets.set(bucket, ofBucket);
          return [bucket, new Meters(limits, ofBucket)];
        }),
      ),
    };
  }

  #metersOfGroup(group: string, limits: Limits): Meters {
    const counts = new Counts();
    const keys = () => this.#list.ring.known.filter((key) => key.group === group);
    return new Meters(limits, counts, {
      ofDay: (measure) => {
        if (measure === 'tokens') return counts.ofDay(measure, this.#pool.usage.day);
        return keys().reduce((sum, key) => sum + this.#pool.usage.usedToday(key, measure), 0);
      },
      running: () => keys().reduce((sum, { usage }) => sum + usage.inUse, 0),
    });
  }
}

/** The limits of a manager, with those that a key has of its own in their place. */
function merged(ofManager: KeyLimits = {}, ofKey: KeyLimits = {}): KeyLimits {
  const own = Object.fromEntries(Object.entries(ofKey).filter(([, limit]) => limit !== undefined));
  return { ...ofManager, ...own, buckets: { ...ofManager.buckets, ...ofKey.buckets } };
}

/** The documented limits that are not configured. */
function without({ buckets = {}, ...whole }: KeyLimits = {}, configured: KeyLimits): KeyLimits {
  const less = (limits: Limits, replaced: Limits = {}): Limits =>
    Object.fromEntries(Object.entries(limits).filter(([name]) => replaced[name as keyof Limits] === undefined));
  const left = Object.entries(buckets).map(([bucket, limits]) => [bucket, less(limits, configured.buckets?.[bucket])]);
  return { ...less(whole, configured), buckets: Object.fromEntries(left) as Record<string, Limits> };
}

function roomInMs({ whole, buckets }: KeyMeters, draw: Draw, time: LimitTime): number {
  const ofKey = whole.roomInMs(draw, time);
  return buckets.size === 0 ? ofKey : Math.max(ofKey, buckets.get(draw.bucket)?.roomInMs(draw, time) ?? 0);
}

function usesOf({ whole, buckets }: KeyMeters, source: MeteredUse['source'], time: LimitTime): MeteredUse[] {
  const ofBuckets = [...buckets].flatMap(([bucket, meters]) => meters.uses(time).map((use) => ({ ...use, bucket })));
  return [...whole.uses(time), ...ofBuckets].map((use) => ({ ...use, source }));
}

/** Whether a limit is used up with these amounts, and was not without them. Running attempts end all the time, so they do not count. */
function isLastTaken({ name, used, limit, bucket }: MeteredUse, draw: Draw): boolean {
  const meaning = meaningOf[name];
  if (!meaning || (bucket ?? draw.bucket) !== draw.bucket) return false;
  return used >= limit && used - draw[meaning.measure] < limit;
}

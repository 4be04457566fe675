import type { KeyLimits, Limits, Measure } from '../provider/key-limits.ts';
import type { BucketUse } from '../state/bucket-use.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { Use } from '../state/usage-window.ts';
import { Counts } from './counts.ts';
import { Meters } from './meters.ts';
import type { LimitTime } from './tally.ts';
import type { PoolTraffic } from './pool-traffic.ts';

/** The limits that a manager configures. */
export interface ConfiguredLimits {
  /** Those of each key that has none of its own. */
  readonly limits?: KeyLimits | undefined;
  /** Group → the limits of all its keys together. */
  readonly groupLimits?: Readonly<Record<string, Limits>> | undefined;
}

/** The keys of a pool, and the limits that are listed with some of them. */
export interface LimitedKeys {
  readonly ring: KeyRing;
  readonly limits: ReadonlyMap<PooledKey, KeyLimits>;
}

/** What meters need of their pool. */
export interface MeteredPool {
  readonly adapter: { readonly definition: { readonly limits?: KeyLimits } };
  readonly traffic: PoolTraffic;
  readonly usage: PoolUsage;
  /** The same key in other pools of this process. */
  readonly twins: {
    of(key: PooledKey): readonly { readonly key: PooledKey; readonly pool: { readonly usage: PoolUsage } }[];
  };
}

/** The meters of a key as a whole, and of its quota buckets. */
export interface KeyMeters {
  readonly whole: Meters;
  readonly buckets: ReadonlyMap<string, Meters>;
}

/** A key, and the usage of its pool. */
interface KeyOfPool {
  readonly use: PooledKey;
  readonly usage: PoolUsage;
}

/** Finds the meters of the keys, buckets and groups of a pool. */
export class PoolMeters {
  readonly #pool: MeteredPool;
  readonly #limits: KeyLimits | undefined;
  readonly #groups: Map<string, Meters>;
  readonly #groupLimits: Readonly<Record<string, Limits>>;
  readonly #byKey = new Map<PooledKey, KeyMeters>();
  /** By the limits that the provider documents, without the configured ones of the same names. */
  readonly #documented = new Map<PooledKey, KeyMeters>();
  #list: LimitedKeys;

  constructor({ limits, groupLimits = {} }: ConfiguredLimits, list: LimitedKeys, pool: MeteredPool) {
    this.#pool = pool;
    this.#limits = limits;
    this.#list = list;
    this.#groupLimits = groupLimits;
    this.#groups = new Map(
      Object.entries(groupLimits).map(([group, ofGroup]) => [group, this.#metersOfGroup(group, ofGroup, new Counts())]),
    );
  }

  /** Replaces the keys of the pool. */
  replace(list: LimitedKeys): void {
    this.#list = list;
    this.#byKey.clear();
    this.#documented.clear();
    // From now on their requests count, in all pools that have the key.
    if (this.areConfigured) for (const key of list.ring.keys) this.of(key);
    if (this.areDocumented) for (const key of list.ring.keys) this.documentedOf(key);
  }

  /** Whether any limit is configured. */
  get areConfigured(): boolean {
    return this.#limits !== undefined || this.#groups.size > 0 || this.#list.limits.size > 0;
  }

  /** Whether the provider documents limits. */
  get areDocumented(): boolean {
    return this.#pool.adapter.definition.limits !== undefined;
  }

  /** Whether a group has limits. */
  get hasGroups(): boolean {
    return this.#groups.size > 0;
  }

  /** Looks up the counts of a key again. */
  forget(key: PooledKey): void {
    this.#byKey.delete(key);
    this.#documented.delete(key);
  }

  /** Those of the configured limits. */
  of(key: PooledKey): KeyMeters {
    const known = this.#byKey.get(key);
    if (known) return known;
    const meters = this.#meter(key, this.#configuredOf(key), () => this.#inAllPools(key));
    this.#byKey.set(key, meters);
    return meters;
  }

  /** Those of the limits that the provider documents. */
  documentedOf(key: PooledKey): KeyMeters {
    const known = this.#documented.get(key);
    if (known) return known;
    const documented = without(this.#pool.adapter.definition.limits, this.#configuredOf(key));
    const meters = this.#meter(key, documented, () => this.#ofAccount(key));
    this.#documented.set(key, meters);
    return meters;
  }

  /** Those of the group of a key. */
  ofGroup({ group }: PooledKey): Meters | undefined {
    return group === undefined ? undefined : this.#groups.get(group);
  }

  /** What is counted of a group; `undefined` if it has no limits. */
  countsOfGroup(group: string): Counts | undefined {
    return this.#groups.get(group)?.counts;
  }

  /** Goes on with what another manager of the pool has counted of the groups. */
  takeOverGroups(countsBefore: (group: string) => Counts | undefined, time: LimitTime): void {
    for (const [group, { counts: own }] of this.#groups) {
      const counts = countsBefore(group);
      if (!counts || counts === own) continue;
      counts.absorb(own, time);
      this.#groups.set(group, this.#metersOfGroup(group, this.#groupLimits[group] ?? {}, counts));
    }
  }

  /** What is counted of each use of a key. */
  countsOf(key: PooledKey, bucket: string | undefined): readonly Counts[] {
    const { counts } = this.#pool.traffic.of(key);
    const ofBucket = bucket === undefined ? undefined : counts?.buckets.get(bucket);
    return [counts?.whole, ofBucket, this.ofGroup(key)?.counts].filter((found) => found !== undefined);
  }

  /** What is counted of the uses of a bucket only. */
  countsOfBucket({ key, bucket }: BucketUse): readonly Counts[] {
    const counts = this.#pool.traffic.of(key).counts?.buckets.get(bucket);
    return counts ? [counts] : [];
  }

  #configuredOf(key: PooledKey): KeyLimits {
    return merged(this.#limits, this.#list.limits.get(key));
  }

  /** `usesToday` are the keys whose usage of the day counts. */
  #meter(key: PooledKey, { buckets = {}, ...whole }: KeyLimits, usesToday: () => readonly KeyOfPool[]): KeyMeters {
    const { traffic, twins, usage } = this.#pool;
    const ofKey = traffic.of(key);
    const counts = (ofKey.counts ??= { whole: new Counts(), buckets: new Map() });
    return {
      whole: new Meters(whole, counts.whole, {
        ofDay: (measure) => this.#usedToday(counts.whole, measure, usesToday()),
        // Those that began before the key had limits are in no counts.
        running: () => key.usage.inUse + sum(twins.of(key).map((twin) => twin.key.usage.inUse)),
      }),
      buckets: new Map(
        Object.entries(buckets).map(([bucket, limits]) => {
          const ofBucket = counts.buckets.get(bucket) ?? new Counts();
          counts.buckets.set(bucket, ofBucket);
          usage.buckets.of(key, bucket);
          const inBucket = () => usesToday().map((one) => ({ ...one, use: one.usage.buckets.of(one.use, bucket) }));
          return [
            bucket,
            new Meters(limits, ofBucket, { ofDay: (measure) => this.#usedToday(ofBucket, measure, inBucket()) }),
          ];
        }),
      ),
    };
  }

  #metersOfGroup(group: string, limits: Limits, counts: Counts): Meters {
    const ofKeys = () => {
      const keys = this.#list.ring.known.filter((key) => key.group === group);
      return keys.map((use) => ({ use, usage: this.#pool.usage }));
    };
    return new Meters(limits, counts, { ofDay: (measure) => this.#usedToday(counts, measure, ofKeys()) });
  }

  /** The keys of the account of a key: those of its group, which providers document limits for, else the key itself. */
  #ofAccount(key: PooledKey): readonly KeyOfPool[] {
    if (key.group === undefined) return this.#inAllPools(key);
    const ofGroup = this.#list.ring.known.filter(({ group }) => group === key.group);
    return ofGroup.flatMap((one) => this.#inAllPools(one));
  }

  /** The key, and the same key in other pools of this process. */
  #inAllPools(key: PooledKey): readonly KeyOfPool[] {
    const { usage, twins } = this.#pool;
    return [{ use: key, usage }, ...twins.of(key).map((twin) => ({ use: twin.key, usage: twin.pool.usage }))];
  }

  /** What all processes have used today. */
  #usedToday(
    counts: Counts,
    measure: Measure,
    uses: readonly { readonly use: Use; readonly usage: PoolUsage }[],
  ): number {
    const ofOthers = sum(uses.map(({ use, usage }) => usage.othersToday(use, measure)));
    const counted = counts[measure].ofDay(this.#pool.usage.day) + ofOthers;
    // The usage has tokens only when their attempt has ended, which can be on the next day.
    if (measure === 'tokens') return counted;
    const own = sum(uses.map(({ use, usage }) => usage.ownToday(use, measure)));
    // A new key of the account has no usage yet, but goes on with what was counted.
    return Math.max(own + ofOthers, counted);
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

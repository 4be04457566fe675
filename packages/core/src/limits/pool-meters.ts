import type { BucketUse } from '../state/bucket-use.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { Use } from '../state/usage-window.ts';
import { Counts } from './counts.ts';
import type { KeyLimits, Limits, Measure } from './limit-options.ts';
import { Meters } from './meters.ts';
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
interface MeteredPool {
  readonly traffic: PoolTraffic;
  readonly usage: PoolUsage;
  /** The same key in other pools of this process. */
  readonly twins: {
    of(key: PooledKey): readonly { readonly key: PooledKey; readonly pool: { readonly usage: PoolUsage } }[];
  };
}

interface KeyMeters {
  readonly whole: Meters;
  readonly buckets: ReadonlyMap<string, Meters>;
}

/** Finds the meters of the keys, buckets and groups of a pool. */
export class PoolMeters {
  readonly #pool: MeteredPool;
  readonly #limits: KeyLimits | undefined;
  readonly #groups: ReadonlyMap<string, Meters>;
  readonly #byKey = new Map<PooledKey, KeyMeters>();
  #list: LimitedKeys;

  constructor({ limits, groupLimits = {} }: ConfiguredLimits, list: LimitedKeys, pool: MeteredPool) {
    this.#pool = pool;
    this.#limits = limits;
    this.#list = list;
    this.#groups = new Map(
      Object.entries(groupLimits).map(([group, ofGroup]) => [group, this.#metersOfGroup(group, ofGroup)]),
    );
  }

  /** Replaces the keys of the pool. Returns whether anything is limited. */
  replace(list: LimitedKeys): boolean {
    this.#list = list;
    this.#byKey.clear();
    const isLimited = this.#limits !== undefined || this.#groups.size > 0 || list.limits.size > 0;
    // From now on their requests count, in all pools that have the key.
    if (isLimited) for (const key of list.ring.keys) this.of(key);
    return isLimited;
  }

  /** Looks up the counts of a key again. */
  forget(key: PooledKey): void {
    this.#byKey.delete(key);
  }

  /** Those of a key as a whole, and of its buckets. */
  of(key: PooledKey): KeyMeters {
    const known = this.#byKey.get(key);
    if (known) return known;
    const { buckets = {}, ...whole } = merged(this.#limits, this.#list.limits.get(key));
    const traffic = this.#pool.traffic.of(key);
    const counts = (traffic.counts ??= { whole: new Counts(), buckets: new Map() });
    const meters = {
      whole: new Meters(whole, counts.whole, {
        ofDay: (measure) => this.#usedToday(counts.whole, measure, this.#inAllPools(key)),
        // Those that began before the key had limits are in no counts.
        running: () => key.usage.inUse + sum(this.#pool.twins.of(key).map((twin) => twin.key.usage.inUse)),
      }),
      buckets: new Map(
        Object.entries(buckets).map(([bucket, limits]) => {
          const ofBucket = counts.buckets.get(bucket) ?? new Counts();
          counts.buckets.set(bucket, ofBucket);
          const uses = () =>
            this.#inAllPools(key).map(({ use, usage }) => ({ use: usage.ofBucket(use, bucket), usage }));
          return [
            bucket,
            new Meters(limits, ofBucket, { ofDay: (measure) => this.#usedToday(ofBucket, measure, uses()) }),
          ];
        }),
      ),
    };
    this.#byKey.set(key, meters);
    return meters;
  }

  /** The key, and the same key in other pools of this process. */
  #inAllPools(key: PooledKey): readonly { readonly use: PooledKey; readonly usage: PoolUsage }[] {
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
    const counted = counts.ofDay(measure, this.#pool.usage.day) + ofOthers;
    // The usage has tokens only when their attempt has ended, which can be on the next day.
    if (measure === 'tokens') return counted;
    const own = sum(uses.map(({ use, usage }) => usage.ownToday(use, measure)));
    // A new key of the account has no usage yet, but goes on with what was counted.
    return Math.max(own + ofOthers, counted);
  }

  #metersOfGroup(group: string, limits: Limits): Meters {
    const counts = new Counts();
    const keys = () => this.#list.ring.known.filter((key) => key.group === group);
    return new Meters(limits, counts, {
      ofDay: (measure) =>
        this.#usedToday(
          counts,
          measure,
          keys().map((use) => ({ use, usage: this.#pool.usage })),
        ),
    });
  }

  /** Whether a group has limits. */
  get hasGroups(): boolean {
    return this.#groups.size > 0;
  }

  /** Those of the group of a key. */
  ofGroup({ group }: PooledKey): Meters | undefined {
    return group === undefined ? undefined : this.#groups.get(group);
  }

  /** Those that count all uses of a key. */
  ofKey(key: PooledKey): readonly Meters[] {
    const ofGroup = this.ofGroup(key);
    return ofGroup ? [this.of(key).whole, ofGroup] : [this.of(key).whole];
  }

  /** Those that count the uses of a bucket only. */
  ofBucket({ key, bucket }: BucketUse): readonly Meters[] {
    const meters = this.of(key).buckets.get(bucket);
    return meters ? [meters] : [];
  }
}

/** The limits of a manager, with those that a key has of its own in their place. */
function merged(ofManager: KeyLimits = {}, ofKey: KeyLimits = {}): KeyLimits {
  const own = Object.fromEntries(Object.entries(ofKey).filter(([, limit]) => limit !== undefined));
  return { ...ofManager, ...own, buckets: { ...ofManager.buckets, ...ofKey.buckets } };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { HeaderLimits } from './header-limits.ts';
import { statedLimit, type StatedLimit } from './stated-limit.ts';
import type { UsedLimit } from './used-limit.ts';

/** The request whose response states a limit. */
export interface StatedFor {
  readonly bucket: string;
  /** Its number among all requests of the process. */
  readonly sequence: number;
}

/** What response headers state of the keys of a pool and of their groups. Times are in ms by the shared clock. */
export class PoolHeaders {
  /** Whether any limit was ever stated. Until then no selection looks for one. */
  isKnown = false;
  readonly #clock: SharedClock;
  /** Not private, because another pool can be one of another copy of this package. */
  readonly trafficOf: (key: PooledKey) => { headers: HeaderLimits };
  readonly #byGroup = new Map<string, HeaderLimits>();

  constructor(clock: SharedClock, trafficOf: (key: PooledKey) => { headers: HeaderLimits }) {
    this.#clock = clock;
    this.trafficOf = trafficOf;
  }

  /** Notes a limit, whose times are those of the wall clock. Returns it if the key has no room left by it, once until its reset. */
  note(key: PooledKey, limit: RateLimit, { bucket: ofCall, sequence }: StatedFor): StatedLimit | undefined {
    // The plan has no such requests at all, and no time brings them.
    if (limit.limit === 0) return undefined;
    this.isKnown = true;
    const now = this.#clock.toSteady(this.#clock.now());
    const group = limit.scope === 'group' ? key.group : undefined;
    const headers = group === undefined ? this.trafficOf(key).headers : this.#sharedBy(group);
    // Without a bucket it applies to the one of the call: many providers count each model by itself.
    const bucket = limit.bucket ?? (ofCall === unspecifiedBucket ? undefined : ofCall);
    const stated = statedLimit(
      limit,
      { bucket, group, sequence },
      { now, aheadMs: this.#clock.toLocal(this.#clock.fromSteady(0)) },
    );
    // The next call like this one would meet the named bucket again.
    if (limit.bucket !== undefined && limit.bucket !== ofCall) headers.note(ofCall, stated, now);
    return headers.note(bucket, stated, now);
  }

  /** What is stated of the limits that all keys of a key's group share. */
  ofGroup({ group }: PooledKey): HeaderLimits | undefined {
    return group === undefined || this.#byGroup.size === 0 ? undefined : this.#byGroup.get(group);
  }

  /** The time in ms until a call in this bucket has room on the key; 0 for now. */
  roomInMs(key: PooledKey, bucket: string, now: number): number {
    if (!this.isKnown) return 0;
    const steadyNow = this.#clock.toSteady(now);
    const ofKey = this.trafficOf(key).headers.roomInMs(bucket, steadyNow);
    return Math.max(ofKey, this.ofGroup(key)?.roomInMs(bucket, steadyNow) ?? 0);
  }

  /** Whether the provider states this limit for calls in this bucket. */
  states(key: PooledKey, name: string, bucket: string, now: number): boolean {
    if (!this.isKnown) return false;
    const steadyNow = this.#clock.toSteady(now);
    const isOfKey = this.trafficOf(key).headers.states(name, bucket, steadyNow);
    return isOfKey || this.ofGroup(key)?.states(name, bucket, steadyNow) === true;
  }

  /** How much of the stated limits is used. */
  uses(key: PooledKey): readonly UsedLimit[] {
    if (!this.isKnown) return [];
    const steadyNow = this.#clock.toSteady(this.#clock.now());
    return [...this.trafficOf(key).headers.uses(steadyNow), ...(this.ofGroup(key)?.uses(steadyNow) ?? [])];
  }

  /** Uses what is known of the same key in another pool. */
  share(key: PooledKey, from: PoolHeaders, known: PooledKey): void {
    const { headers } = from.trafficOf(known);
    const ofGroup = from.ofGroup(known);
    this.trafficOf(key).headers = headers;
    if (ofGroup && key.group !== undefined) this.#byGroup.set(key.group, ofGroup);
    if (headers.isKnown || ofGroup) this.isKnown = true;
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    const kept = new Set(ring.known.map(({ group }) => group));
    for (const group of this.#byGroup.keys()) if (!kept.has(group)) this.#byGroup.delete(group);
  }

  /** Forgets what is stated of a key and its group. */
  forget(key: PooledKey): void {
    this.trafficOf(key).headers.forget();
    this.ofGroup(key)?.forget();
  }

  #sharedBy(group: string): HeaderLimits {
    const headers = this.#byGroup.get(group) ?? new HeaderLimits();
    this.#byGroup.set(group, headers);
    return headers;
  }
}

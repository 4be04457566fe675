import { joinStated, type StatedLimit } from './stated-limit.ts';
import type { UsedLimit } from './used-limit.ts';

/** A header can name a bucket that varies with each call. */
const mostBuckets = 1000;

/**
 * The limits that response headers state of a key, or of a group of keys. A key without room is full: other keys come first, but it
 * stays usable, because many limits apply to a part of the requests only, such as those for one model.
 *
 * Times are in ms by the steady clock.
 */
export class HeaderLimits {
  /** The number of running requests whose response has not come: the provider may not have counted them. */
  unanswered = 0;
  /** Bucket → its limits, by their name. `undefined` holds those that apply to all buckets. */
  #byBucket: Map<string | undefined, Map<string, StatedLimit>> | undefined;

  /** Whether any limit was ever stated. */
  get isKnown(): boolean {
    return this.#byBucket !== undefined;
  }

  /** Notes a limit for calls in this bucket, or in all. Returns it if nothing is left by it, once until its reset. */
  note(bucket: string | undefined, stated: StatedLimit, now: number): StatedLimit | undefined {
    this.#byBucket ??= new Map();
    const limits = this.#byBucket.get(bucket) ?? new Map<string, StatedLimit>();
    const known = limits.get(stated.name);
    const joined = joinStated(known, stated, now);
    const reportedUntilMs = known?.reportedUntilMs ?? 0;
    const isNews = joined.remaining <= 0 && joined.fullUntilMs > now && reportedUntilMs <= now;
    limits.set(stated.name, { ...joined, reportedUntilMs: isNews ? joined.endsAtMs : reportedUntilMs });
    this.#byBucket.delete(bucket);
    this.#byBucket.set(bucket, limits);
    if (this.#byBucket.size > mostBuckets) this.#byBucket.delete(this.#byBucket.keys().next().value);
    return isNews ? joined : undefined;
  }

  /** The time in ms until a call in this bucket has room by all limits; 0 for now. */
  roomInMs(bucket: string, now: number): number {
    if (!this.#byBucket) return 0;
    let fullUntilMs = now;
    for (const name of [undefined, bucket]) {
      for (const stated of this.#byBucket.get(name)?.values() ?? []) {
        if (this.#left(stated) <= 0) fullUntilMs = Math.max(fullUntilMs, stated.fullUntilMs);
      }
    }
    return fullUntilMs - now;
  }

  /** Whether a response has stated this limit, and its reset is still to come. */
  states(name: string, bucket: string, now: number): boolean {
    const isStated = (ofBucket: string | undefined) => now < (this.#byBucket?.get(ofBucket)?.get(name)?.endsAtMs ?? 0);
    return isStated(bucket) || isStated(undefined);
  }

  /** The limits whose reset is still to come, and how much of each is used. */
  uses(now: number): readonly UsedLimit[] {
    const all = [...(this.#byBucket ?? [])].flatMap(([bucket, limits]) =>
      // A limit of a named bucket is also kept in the bucket of the call that met it.
      [...limits.values()].filter((stated) => stated.bucket === bucket && now < stated.endsAtMs),
    );
    return all.map((stated) => this.#useOf(stated, now));
  }

  forget(): void {
    this.#byBucket = undefined;
  }

  #left({ remaining, measure }: StatedLimit): number {
    return measure === 'requests' ? remaining - this.unanswered : remaining;
  }

  #useOf(stated: StatedLimit, now: number): UsedLimit {
    const { name, limit, resetsAtMs, window, bucket, group } = stated;
    const left = this.#left(stated);
    return {
      name,
      source: 'header',
      ...(limit === undefined ? { remaining: Math.max(0, left) } : { limit, used: Math.max(0, limit - left) }),
      ...(resetsAtMs === undefined ? {} : { resetsInMs: resetsAtMs - now }),
      ...(window === undefined ? {} : { window }),
      ...(bucket === undefined ? {} : { bucket }),
      ...(group === undefined ? {} : { group }),
    };
  }
}

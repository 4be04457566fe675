import type { ErrorVerdict } from '../base/verdict.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { HeaderLimits } from './header-limits.ts';
import { PoolHeaders } from './pool-headers.ts';
import { fullFor, fullnessOf, LearnedLimit, raised, type Fullness } from './learned-limit.ts';
import { RequestWindow, type RequestMark, type RequestRate } from './request-window.ts';
import type { Counts } from './counts.ts';
import { ShortLimit } from './short-limit.ts';
import type { UsedLimit } from './used-limit.ts';

const longestRefusalMs = 60_000;
const fewestToAssumeFrom = 10;
const provenForMs = 60_000;
const runningOnColdKey = 4;
const longestShortWaitMs = 2000;
/** A key that is full only by the limit of another key is preferred to one that is full by its own limit. */
const fullestByAssumption = 1;

/** What this process knows from the requests on one key. Not shared through the store. */
export interface KeyTraffic {
  /** The use of configured limits, of the key and of its buckets; `undefined` while no limit is configured for the key. */
  counts?: { readonly whole: Counts; readonly buckets: Map<string, Counts> };
  window: RequestWindow;
  /** What response headers state. */
  headers: HeaderLimits;
  /** What was learned from refusals; `undefined` before the first one. */
  limit: LearnedLimit | undefined;
  /** What was learned from refusals that no limit of a minute explains; `undefined` before the first one in the pool. */
  shortLimit: ShortLimit | undefined;
  /** The largest number of requests in a minute that were certainly served. */
  provenCount: number;
  /** The highest sequence number of the attempts that succeeded. */
  provenSequence: number;
  /** The latest start of an attempt that succeeded, in ms since the epoch. */
  provenAtMs: number;
  /** The number of running scouts on this key: other calls wait for their outcome. */
  scouts: number;
}

/** The number of attempts in all pools, because pools with the same key share what they know of it. */
let attempts = 0;

const noRequests: RequestRate = Object.freeze({ lastMinute: 0, peak: 0 });

interface SmallestLimit {
  limit: number;
  untilMs: number;
}

/** Counts the requests of a pool by key, and learns limits from refusals. */
export class PoolTraffic {
  /** What response headers state. */
  readonly headers: PoolHeaders;
  readonly #byKey = new Map<PooledKey, KeyTraffic>();
  /** Whether a limit was ever learned. Until then no selection checks for one. */
  hasLimits = false;
  /** The smallest limit learned in the pool. Keys of one provider often have the same one. */
  #assumed: SmallestLimit | undefined;
  /** Whether a refusal has ever shown a limit of a second. Until then no key keeps the times of its requests. */
  #hasShortLimits = false;
  /** The last limit of a second that was learned in the pool; `Infinity` before the first one. */
  #assumedShort = Infinity;
  /** The keys with a learned limit, so that a refusal does not visit thousands of keys without one. */
  readonly #limited = new Set<KeyTraffic>();

  constructor(clock: SharedClock) {
    this.headers = new PoolHeaders(clock, (key) => this.of(key));
  }

  /** The number of the latest request, for facts that belong to no request. */
  get lastRequest(): { readonly sequence: number } {
    return { sequence: attempts };
  }

  /** Whether any limit is known by which a key can be full. */
  get ranksKeys(): boolean {
    return this.hasLimits || this.headers.isKnown;
  }

  of(key: PooledKey): KeyTraffic {
    let traffic = this.#byKey.get(key);
    if (!traffic) {
      traffic = {
        window: new RequestWindow(),
        headers: new HeaderLimits(),
        limit: undefined,
        shortLimit: undefined,
        provenCount: 0,
        provenSequence: 0,
        provenAtMs: 0,
        scouts: 0,
      };
      this.#byKey.set(key, traffic);
    }
    return traffic;
  }

  /** A call has taken the key for its next attempt. */
  onTaken(key: PooledKey, now: number): void {
    if (this.#hasShortLimits) (this.of(key).shortLimit ??= new ShortLimit()).take(now);
  }

  onStart(key: PooledKey, now: number): RequestMark {
    const traffic = this.of(key);
    if (this.#hasShortLimits) (traffic.shortLimit ??= new ShortLimit()).add(now);
    return traffic.window.add(now, ++attempts);
  }

  onSuccess(key: PooledKey, start: RequestMark): void {
    const traffic = this.of(key);
    traffic.provenSequence = Math.max(traffic.provenSequence, start.sequence);
    traffic.provenAtMs = Math.max(traffic.provenAtMs, start.startedAtMs);
    traffic.provenCount = Math.max(traffic.provenCount, start.sureCount);
    traffic.limit?.onSuccess(start);
    traffic.shortLimit?.onSuccess(start.startedAtMs, this.#assumedShort);
  }

  /** Learns from a refusal. Ignores one that names a bucket or states a wait above a minute, because its limit is another. */
  onRefusal(key: PooledKey, start: RequestMark, verdict: ErrorVerdict, now: number): void {
    if (verdict.kind !== 'rate-limited' || verdict.bucket !== undefined) return;
    const refused = this.of(key);
    refused.window.takeBack(start, now);
    if ((verdict.retryAfterMs ?? 0) > longestRefusalMs) return;
    refused.limit ??= new LearnedLimit();
    const isExplained = refused.limit.onRefusal(start, refused.window, now);
    const { retryAfterMs } = verdict;
    const isShort = retryAfterMs === undefined ? !isExplained : retryAfterMs <= longestShortWaitMs;
    if (isShort) {
      refused.shortLimit ??= new ShortLimit();
      refused.shortLimit.onRefusal(start.startedAtMs, now);
      this.#hasShortLimits = true;
    }
    this.#noteLimits(refused, now);
  }

  /** How many requests a key gets. */
  rate(key: PooledKey, now: number): RequestRate {
    return this.#byKey.get(key)?.window.rate(now) ?? noRequests;
  }

  /** Goes on with the requests that a manager which this one replaces has counted, unless there are own ones. */
  takeOver(key: PooledKey, { window }: KeyTraffic, now: number): void {
    const traffic = this.of(key);
    if (traffic.window.count(now) === 0) traffic.window = window;
  }

  /** Counts the requests on a key together with those of another pool, and uses what is known there. */
  share(key: PooledKey, from: PoolTraffic, known: PooledKey, now: number): void {
    const traffic = from.of(known);
    this.#byKey.set(key, traffic);
    this.headers.share(key, from.headers, known);
    if (traffic.limit) this.#noteLimits(traffic, now);
  }

  #noteLimits(limited: KeyTraffic, now: number): void {
    const known = limited.shortLimit?.known(now) ?? Infinity;
    if (known < Infinity) this.#assumedShort = known;
    if (known < Infinity) this.#hasShortLimits = true;
    this.hasLimits = true;
    this.#limited.add(limited);
    this.#assumed = this.#smallestLimit(now) ?? this.#assumed;
  }

  #smallestLimit(now: number): SmallestLimit | undefined {
    let smallest: SmallestLimit | undefined;
    for (const traffic of this.#limited) {
      const learned = traffic.limit?.known(now);
      if (!learned) this.#limited.delete(traffic);
      if (!learned || learned.limit < fewestToAssumeFrom) continue;
      smallest ??= { limit: Infinity, untilMs: 0 };
      smallest.limit = Math.min(smallest.limit, learned.limit);
      smallest.untilMs = Math.max(smallest.untilMs, learned.untilMs);
    }
    return smallest;
  }

  /** The time in ms until the first counted request of the key is more than a minute old. */
  roomInMs(key: PooledKey, now: number): number {
    return this.of(key).window.roomInMs(now);
  }

  /** The time in ms until a key that is full by its own limit of a second has room; 0 if it has room now. */
  shortRoomInMs(key: PooledKey, now: number): number {
    return this.#byKey.get(key)?.shortLimit?.roomInMs(now) ?? 0;
  }

  /** How full a key is by what headers state, else by what was learned of it, else by what was learned of the other keys. */
  fullness(key: PooledKey, bucket: string, now: number): Fullness {
    const stated = fullFor(this.headers.roomInMs(key, bucket, now));
    if (stated > 0) return stated;
    if (!this.hasLimits) return 0;
    const { window, limit, shortLimit, provenCount } = this.of(key);
    const roomInMs = shortLimit?.roomInMs(now, this.#assumedShort) ?? 0;
    // Of the full keys the one that has room first is the best.
    if (roomInMs > 0) return 2 + roomInMs / 2000;
    // The provider knows its own limit better.
    if (this.headers.states(key, 'requestsPerMinute', bucket, now)) return 0;
    if (limit?.known(now)) return limit.fullness(window, now);
    const assumed = this.#assumedOf(provenCount);
    if (!assumed) return 0;
    const assumedLimit = raised(assumed.limit, assumed.untilMs, now);
    return Math.min(fullnessOf(window.count(now), window.sureCount, assumedLimit), fullestByAssumption);
  }

  /** The limit of a minute that was learned of a key or is assumed of it, unless the provider states one. */
  learnedUse(key: PooledKey, now: number): UsedLimit | undefined {
    if (!this.hasLimits || this.headers.states(key, 'requestsPerMinute', unspecifiedBucket, now)) return undefined;
    const { window, limit, provenCount } = this.of(key);
    const known = limit?.known(now) ?? this.#assumedOf(provenCount);
    const raisedLimit = known ? raised(known.limit, known.untilMs, now) : Infinity;
    if (raisedLimit === Infinity) return undefined;
    const resetsInMs = window.roomInMs(now);
    return {
      name: 'requestsPerMinute',
      source: 'learned',
      limit: raisedLimit,
      used: window.count(now),
      ...(resetsInMs === Infinity ? {} : { resetsInMs }),
    };
  }

  #assumedOf(provenCount: number): SmallestLimit | undefined {
    return this.#assumed && provenCount <= 2 * this.#assumed.limit ? this.#assumed : undefined;
  }

  /** Whether a key has had no success for a minute and already runs as many attempts as an untested key should. */
  isCold(key: PooledKey, now: number): boolean {
    return key.usage.inUse >= runningOnColdKey && now - (this.#byKey.get(key)?.provenAtMs ?? 0) > provenForMs;
  }

  /** Forgets what was learned about a key, and what is assumed of the others from it. */
  forget(key: PooledKey): void {
    const traffic = this.#byKey.get(key);
    if (traffic) traffic.limit = traffic.shortLimit = undefined;
    this.headers.forget(key);
    this.#assumed = undefined;
    this.#assumedShort = Infinity;
  }

  /** Gives a new key of an account what was learned with the old one: limits apply to accounts. */
  inherit(key: PooledKey, from: PooledKey): void {
    const traffic = this.#byKey.get(from);
    if (traffic) this.#byKey.set(key, traffic);
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    const kept = new Set(ring.known);
    for (const key of this.#byKey.keys()) if (!kept.has(key)) this.#byKey.delete(key);
    this.headers.replace(ring);
    const known = new Set(this.#byKey.values());
    for (const traffic of this.#limited) if (!known.has(traffic)) this.#limited.delete(traffic);
  }
}

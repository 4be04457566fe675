import type { ErrorVerdict } from '../base/verdict.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { fullnessOf, LearnedLimit, raised, type Fullness } from './learned-limit.ts';
import { RequestWindow, type RequestMark } from './request-window.ts';
import { ShortLimit } from './short-limit.ts';

const longestRefusalMs = 60_000;
const fewestToAssumeFrom = 10;
const provenForMs = 60_000;
const runningOnColdKey = 4;
const longestShortWaitMs = 2000;
/** A key that only siblings make look full is still preferred to one that was refused itself. */
const fullestByAssumption = 1;

/** What a process has seen of the requests on one key. None of it is shared. */
export interface KeyTraffic {
  readonly window: RequestWindow;
  /** What was learned from refusals; `undefined` before the first one. */
  limit: LearnedLimit | undefined;
  /** What was learned from refusals that no limit of a minute explains; `undefined` before the first one in the pool. */
  shortLimit: ShortLimit | undefined;
  /** The most requests a minute that were certainly served. */
  proven: number;
  /** The latest start among the attempts that succeeded, as a count of all attempts. */
  provenSequence: number;
  /** When that attempt started, in ms since the epoch. */
  provenAtMs: number;
  /** Calls that fell over to this key and whose outcome is open: others wait for it. */
  scouts: number;
}

interface SmallestLimit {
  limit: number;
  untilMs: number;
}

/** Counts the requests of a pool by key, and learns limits from refusals. */
export class PoolTraffic {
  readonly #byKey = new Map<PooledKey, KeyTraffic>();
  #attempts = 0;
  /** Whether a limit was ever learned; until then no selection looks for one. */
  hasLimits = false;
  /** The smallest limit learned in the pool: keys of one provider are often alike. */
  #assumed: SmallestLimit | undefined;
  /** The last limit of a second that was learned in the pool; 0 before the first one. */
  #assumedShort = 0;
  /** Where a limit was learned: no refusal walks over thousands of keys without one. */
  readonly #limited = new Set<KeyTraffic>();

  of(key: PooledKey): KeyTraffic {
    let traffic = this.#byKey.get(key);
    if (!traffic) {
      traffic = {
        window: new RequestWindow(),
        limit: undefined,
        shortLimit: undefined,
        proven: 0,
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
    if (this.#assumedShort > 0) (this.of(key).shortLimit ??= new ShortLimit()).take(now);
  }

  onStart(key: PooledKey, now: number): RequestMark {
    const traffic = this.of(key);
    if (this.#assumedShort > 0) (traffic.shortLimit ??= new ShortLimit()).add(now);
    return traffic.window.add(now, ++this.#attempts);
  }

  onSuccess(key: PooledKey, start: RequestMark): void {
    const traffic = this.of(key);
    traffic.provenSequence = Math.max(traffic.provenSequence, start.sequence);
    traffic.provenAtMs = Math.max(traffic.provenAtMs, start.startedAtMs);
    traffic.proven = Math.max(traffic.proven, start.sureCount);
    traffic.limit?.onSuccess(start);
    traffic.shortLimit?.onSuccess(start.startedAtMs, this.#assumedShort);
  }

  /** Learns from a refusal, unless it states a long wait or names a bucket: those are other limits. */
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
      this.#assumedShort = refused.shortLimit.known(now);
    }
    this.hasLimits = true;
    this.#limited.add(refused);
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

  /** The time in ms until the key's own history has room again. */
  roomInMs(key: PooledKey, now: number): number {
    return this.of(key).window.roomInMs(now);
  }

  /** The time in ms until a key that is full for a moment takes one more request; 0 when it does now. */
  shortRoomInMs(key: PooledKey, now: number): number {
    return this.#byKey.get(key)?.shortLimit?.roomInMs(now) ?? 0;
  }

  /** How full a key is by its own limit, or else by the one of its siblings. */
  fullness(key: PooledKey, now: number): Fullness {
    if (!this.hasLimits) return 0;
    const { window, limit, shortLimit, proven } = this.of(key);
    const roomInMs = shortLimit?.roomInMs(now, this.#assumedShort) ?? 0;
    if (roomInMs > 0) return 2 + Math.min(0.9, roomInMs / 2000);
    if (limit?.known(now)) return limit.fullness(window, now);
    const assumed = this.#assumed;
    if (!assumed || proven > 2 * assumed.limit) return 0;
    const assumedLimit = raised(assumed.limit, assumed.untilMs, now);
    return Math.min(fullnessOf(window.count(now), window.sureCount, assumedLimit), fullestByAssumption);
  }

  /** Whether a key has not succeeded for a minute and has as many attempts running as an untested key should have. */
  isCold(key: PooledKey, now: number): boolean {
    return key.usage.inUse >= runningOnColdKey && now - (this.#byKey.get(key)?.provenAtMs ?? 0) > provenForMs;
  }

  /** An operator forgets what was learned about a key, and with it what was assumed of the others. */
  forget(key: PooledKey): void {
    const traffic = this.#byKey.get(key);
    if (traffic) traffic.limit = traffic.shortLimit = undefined;
    this.#assumed = undefined;
    this.#assumedShort = 0;
  }

  /** From now on the keys of the pool are these. */
  replace(ring: KeyRing): void {
    const kept = new Set(ring.keys);
    for (const [key, traffic] of this.#byKey) {
      if (kept.has(key)) continue;
      this.#byKey.delete(key);
      this.#limited.delete(traffic);
    }
  }
}

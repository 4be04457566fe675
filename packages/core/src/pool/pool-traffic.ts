import type { ErrorVerdict } from '../base/verdict.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { LearnedLimit, raised, type Fullness } from './learned-limit.ts';
import { RequestWindow, type RequestMark } from './request-window.ts';

const longestRefusalMs = 60_000;
const fewestToAssumeFrom = 10;
const provenForMs = 60_000;
const runningOnColdKey = 4;

/** What a process has seen of the requests on one key. None of it is shared. */
export interface KeyTraffic {
  readonly window: RequestWindow;
  /** What was learned from refusals; `undefined` before the first one. */
  limit: LearnedLimit | undefined;
  /** The most requests a minute that were certainly served. */
  proven: number;
  /** The latest start among the attempts that succeeded, as a count of all attempts. */
  provenBy: number;
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
  /** Where a limit was learned: no refusal walks over thousands of keys without one. */
  readonly #limited = new Set<KeyTraffic>();

  of(key: PooledKey): KeyTraffic {
    let traffic = this.#byKey.get(key);
    if (!traffic) {
      traffic = { window: new RequestWindow(), limit: undefined, proven: 0, provenBy: 0, provenAtMs: 0, scouts: 0 };
      this.#byKey.set(key, traffic);
    }
    return traffic;
  }

  onStart(key: PooledKey, now: number): RequestMark {
    return this.of(key).window.add(now, ++this.#attempts);
  }

  onSuccess(key: PooledKey, start: RequestMark): void {
    const traffic = this.of(key);
    traffic.provenBy = Math.max(traffic.provenBy, start.sequence);
    traffic.provenAtMs = Math.max(traffic.provenAtMs, start.startedAtMs);
    traffic.proven = Math.max(traffic.proven, start.sureCount);
    traffic.limit?.onSuccess(start);
  }

  /** Learns from a refusal, unless it states a long wait or names a bucket: those are other limits. */
  onRefusal(key: PooledKey, start: RequestMark, verdict: ErrorVerdict, now: number): void {
    if (verdict.kind !== 'rate-limited' || verdict.bucket !== undefined) return;
    const refused = this.of(key);
    refused.window.takeBack(start, now);
    if ((verdict.retryAfterMs ?? 0) > longestRefusalMs) return;
    refused.limit ??= new LearnedLimit();
    refused.limit.onRefusal(start, refused.window, now);
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

  /** How full a key is by its own limit, or else by the one of its siblings. */
  fullness(key: PooledKey, now: number): Fullness {
    if (!this.hasLimits) return 0;
    const { window, limit, proven } = this.of(key);
    if (limit?.isShort(now) || limit?.known(now)) return limit.fullness(window, now);
    const assumed = this.#assumed;
    if (!assumed || proven > 2 * assumed.limit) return 0;
    const assumedLimit = raised(assumed.limit, assumed.untilMs, now);
    if (window.count(now) < assumedLimit) return 0;
    return window.sureCount < assumedLimit ? 0.5 : 1;
  }

  /** Whether a key has not succeeded for a minute and has as many attempts running as an untested key should have. */
  isCold(key: PooledKey, now: number): boolean {
    return key.usage.inUse >= runningOnColdKey && now - (this.#byKey.get(key)?.provenAtMs ?? 0) > provenForMs;
  }

  /** An operator forgets what was learned about a key, and with it what was assumed of the others. */
  forget(key: PooledKey): void {
    this.#byKey.get(key)?.limit?.forget();
    this.#assumed = undefined;
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

import type { ErrorVerdict } from '../base/verdict.ts';
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

/** Counts the requests of a pool by key, and learns limits from refusals. */
export class PoolTraffic {
  readonly #byKey = new Map<PooledKey, KeyTraffic>();
  #attempts = 0;
  /** Whether a limit was ever learned: else nobody needs to look for one. */
  hasLimits = false;
  /** The smallest limit learned in the pool: keys of one provider are often alike. */
  #assumed: { readonly limit: number; readonly untilMs: number } | undefined;

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
    const known = [...this.#byKey.values()]
      .map((traffic) => traffic.limit?.known(now))
      .filter((learned) => learned !== undefined && learned.limit >= fewestToAssumeFrom);
    if (known.length === 0) return;
    const limits = known.map((learned) => learned?.limit ?? Infinity);
    const ends = known.map((learned) => learned?.untilMs ?? 0);
    this.#assumed = { limit: Math.min(...limits), untilMs: Math.max(...ends) };
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

  /** An operator forgets what was learned about a key. */
  forget(key: PooledKey): void {
    this.#byKey.get(key)?.limit?.forget();
  }
}

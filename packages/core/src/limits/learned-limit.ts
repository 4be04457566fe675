import type { RequestMark, RequestWindow } from './request-window.ts';

const fewestToLearnFrom = 3;
const firstSpanMs = 600_000;
const longestSpanMs = 3_600_000;
const minuteMs = 60_000;
/** A limit is forgotten after it has been raised for this number of minutes. */
const raisedMinutes = 7;
const contradictionMs = 5000;
const contradictionsToForget = 3;

/** How full a key is by what was learned. 0: has room. 0.5: may have room. From 2 to 2.9: has none; higher is fuller. */
export type Fullness = number;

/**
 * The number of requests a minute at which a key was refused. At the limit other keys are preferred, but the key stays usable.
 *
 * A limit is kept for its span, then raised each minute by 25 %, 50 %, 100 % and so on, then forgotten. Successes above it show
 * that the provider does not count by the minute: the limit is forgotten at once, and none is learned for ten minutes.
 */
export class LearnedLimit {
  #limit = 0;
  #untilMs = 0;
  #spanMs = 0;
  #lastLimit = 0;
  #learnedAtMs = 0;
  #contradictions = 0;
  #contradictedUntilMs = 0;

  /** The limit and the end of its span; `undefined` if none is known. */
  known(now: number): { readonly limit: number; readonly untilMs: number } | undefined {
    const isKnown = this.#limit > 0 && raised(this.#limit, this.#untilMs, now) < Infinity;
    return isKnown ? { limit: this.#limit, untilMs: this.#untilMs } : undefined;
  }

  /** Learns from a refused request, which the window no longer counts. Returns whether a limit of a minute explains it. */
  onRefusal(mark: RequestMark, window: RequestWindow, now: number): boolean {
    const limit = Math.min(mark.count - 1, window.count(now));
    if (limit < fewestToLearnFrom || now < this.#contradictedUntilMs) return false;
    if (this.#limit > 0 && now < this.#untilMs) {
      this.#limit = Math.min(this.#limit, limit);
    } else {
      const isConfirmed = limit >= 0.5 * this.#lastLimit && limit <= 1.5 * this.#lastLimit;
      this.#spanMs = isConfirmed ? Math.min(2 * this.#spanMs, longestSpanMs) : firstSpanMs;
      this.#limit = limit;
    }
    this.#untilMs = now + this.#spanMs;
    this.#lastLimit = this.#limit;
    this.#learnedAtMs = now;
    this.#contradictions = 0;
    return true;
  }

  /** Learns from a served request. */
  onSuccess({ sureCount, startedAtMs }: RequestMark): void {
    if (this.#limit === 0 || startedAtMs <= this.#learnedAtMs || sureCount <= this.#limit) return;
    if (startedAtMs - this.#learnedAtMs <= contradictionMs) this.#contradictions++;
    if (sureCount > 2 * this.#limit || this.#contradictions >= contradictionsToForget)
      this.#dropContradicted(startedAtMs);
  }

  fullness(window: RequestWindow, now: number): Fullness {
    if (this.#limit === 0) return 0;
    return fullnessOf(window.count(now), window.sureCount, raised(this.#limit, this.#untilMs, now));
  }

  #dropContradicted(now: number): void {
    this.#limit = 0;
    this.#lastLimit = 0;
    this.#contradictedUntilMs = now + firstSpanMs;
  }
}

/** The limit as it counts now: raised step by step after its span, then `Infinity`. */
export function raised(limit: number, untilMs: number, now: number): number {
  if (now < untilMs) return limit;
  const minutes = Math.floor((now - untilMs) / minuteMs);
  return minutes >= raisedMinutes ? Infinity : Math.ceil(limit * (1 + 0.25 * 2 ** minutes));
}

/** How full a key is with `count` requests, of which the provider certainly still counts `sureCount`. */
export function fullnessOf(count: number, sureCount: number, limit: number): Fullness {
  if (count < limit) return 0;
  if (sureCount < limit) return 0.5;
  return 2 + Math.min(0.9, (sureCount - limit) / (10 * limit));
}

/** How full a key is that has room after so many ms: of the full keys, the one that has room first is the best. */
export function fullFor(roomInMs: number): Fullness {
  return roomInMs === 0 ? 0 : 2 + (0.9 * roomInMs) / (roomInMs + minuteMs);
}

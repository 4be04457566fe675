import type { RateLimit } from './rate-limit.ts';

/** A request as the provider sees it. */
interface ModelRequest {
  /** From 1. */
  readonly key: number;
  /** Milliseconds since the scene began. */
  readonly atMs: number;
  /** How many requests its call has made, this one included. */
  readonly attempt: number;
}

/** What becomes of a request that is not simply answered. */
export interface Fate {
  /** It is refused with this status; 0 stands for a connection that is reset. */
  readonly status?: number;
  /** The wait that the refusal states. */
  readonly retryAfterMs?: number;
  /** It is never answered. */
  readonly hangs?: boolean;
  /** How many times longer the answer takes. */
  readonly slowness?: number;
}

/** How a provider treats requests; it may remember earlier ones. */
export type Behaviour = (request: ModelRequest) => Fate | undefined;

/** A fresh behaviour for each run. */
export type MakeBehaviour = (random: () => number) => Behaviour;

/** Which requests something happens to. */
export interface Affected {
  readonly keys?: readonly number[];
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** By chance, from 0 to 1. */
  readonly share?: number;
}

/** The fate of all requests that are affected. */
export function fate(what: Fate, affected: Affected = {}): MakeBehaviour {
  const { keys, fromMs = 0, untilMs = Infinity, share = 1 } = affected;
  return (random) => (request) => {
    if (keys && !keys.includes(request.key)) return undefined;
    if (request.atMs < fromMs || request.atMs >= untilMs) return undefined;
    return share < 1 && random() >= share ? undefined : what;
  };
}

/** The fate of the first requests of each call. */
export function fateOfAttempts(what: Fate, count: number): MakeBehaviour {
  return () => (request) => (request.attempt <= count ? what : undefined);
}

/** In turn works for `everyMs` and fails for `everyMs`. */
export function flapping(what: Fate, { keys, everyMs }: { keys: readonly number[]; everyMs: number }): MakeBehaviour {
  return () => (request) =>
    keys.includes(request.key) && Math.floor(request.atMs / everyMs) % 2 === 1 ? what : undefined;
}

/** Refuses with a 429 beyond the limit that each key has of its own. */
export function limited(
  limitOf: (key: number) => RateLimit,
  { isWaitStated }: { readonly isWaitStated: boolean },
): MakeBehaviour {
  return () => {
    const limits = new Map<number, RateLimit>();
    return ({ key, atMs }) => {
      const limit = limits.get(key) ?? limitOf(key);
      limits.set(key, limit);
      const retryAfterMs = limit.take(atMs);
      if (retryAfterMs === 0) return undefined;
      return isWaitStated ? { status: 429, retryAfterMs } : { status: 429 };
    };
  };
}

/** The first fate that any of them has for a request. */
export function firstOf(...makers: readonly MakeBehaviour[]): MakeBehaviour {
  return (random) => {
    const behaviours = makers.map((make) => make(random));
    return (request) => {
      for (const behaviour of behaviours) {
        const found = behaviour(request);
        if (found) return found;
      }
      return undefined;
    };
  };
}

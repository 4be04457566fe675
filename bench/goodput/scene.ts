import type { KeyLimits } from '@api-key-fallback/core';
import type { MakeBehaviour } from './behaviour.ts';

/** When the calls come. */
export interface Traffic {
  readonly calls: number;
  /** The time from one call, or one burst, to the next. */
  readonly everyMs: number;
  /** How many calls come at the same moment. @default 1 */
  readonly burst?: number;
  /** Each call waits for the one before it; `everyMs` and `burst` are ignored. */
  readonly isInTurn?: boolean;
}

/** Traffic and a provider. */
export interface Scene {
  /** For example `R1`. */
  readonly name: string;
  readonly about?: string;
  readonly traffic: Traffic;
  readonly provider: MakeBehaviour;
  /** @default 4 */
  readonly keys?: number;
  /** Attempts with one key. @default 3 */
  readonly maxRetries?: number;
  /** The time limit of one attempt; absent: none. */
  readonly timeoutMs?: number;
  /** How many processes share the calls, and one store. @default 1 */
  readonly processes?: number;
  /** The limits of each key, for schemes that can keep limits. */
  readonly limits?: KeyLimits;
  /** From when on the time of a call counts; whether it is served counts always. @default 0 */
  readonly timedFromMs?: number;
}

export const minuteMs = 60_000;
const minutes = 10;

/** Ten minutes of traffic. */
export function perMinute(calls: number, burst = 1): Traffic {
  return { calls: calls * minutes, everyMs: (minuteMs / calls) * burst, burst };
}

/** All calls at the same moment. */
export function atOnce(calls: number): Traffic {
  return { calls, everyMs: 0, burst: calls };
}

/** One call after the other. */
export function inTurn(calls: number): Traffic {
  return { calls, everyMs: 0, isInTurn: true };
}

import type { FullRuntime } from '@api-key-fallback/core/adapter';

/** A time by both clocks: the steady one for durations, the other for people, notes and times of the day. In ms since the epoch. */
export interface Moment {
  readonly steadyMs: number;
  readonly epochMs: number;
}

/** The moment that it is. */
export function momentOf(runtime: FullRuntime): Moment {
  return { steadyMs: runtime.steadyNow(), epochMs: runtime.now() };
}

import type { RecordedResponseName } from '@api-key-fallback/testing';

/** How the provider answers the requests of an account: well, with a rate limit until the end of the phase, or with a failure. */
export type Answer = 'ok' | 'rate-limited' | 'unauthorized' | RecordedResponseName;

/** What an account answers for a while. */
export interface Phase {
  readonly seconds: number;
  readonly answer: Answer;
}

/** One phase after the other, and then again from the first. */
export type Plan = readonly Phase[];

export function always(answer: Answer): Plan {
  return [{ seconds: Infinity, answer }];
}

/** Returns the answer at this time since the start, and for how many more ms it lasts. */
export function answerAt(plan: Plan, elapsedMs: number): { readonly answer: Answer; readonly endsInMs: number } {
  const wholeMs = plan.reduce((sum, { seconds }) => sum + seconds * 1000, 0);
  let leftMs = wholeMs === Infinity ? elapsedMs : elapsedMs % wholeMs;
  for (const { seconds, answer } of plan) {
    if (leftMs < seconds * 1000) return { answer, endsInMs: seconds * 1000 - leftMs };
    leftMs -= seconds * 1000;
  }
  return { answer: 'ok', endsInMs: Infinity };
}

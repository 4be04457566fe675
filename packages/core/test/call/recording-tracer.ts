import type { AttemptEnd, CallEnd, CallTracer, TracedAttempt, TracedCall } from '@api-key-fallback/core';

/** Keeps the calls and attempts that it traces, and their ends in order. */
export class RecordingTracer implements CallTracer {
  readonly calls: TracedCall[] = [];
  readonly attempts: TracedAttempt[] = [];
  readonly ends: (CallEnd | AttemptEnd)[] = [];

  traceCall(call: TracedCall, run: () => Promise<unknown>): unknown {
    this.calls.push(call);
    call.onEnd((end) => this.ends.push(end));
    return run();
  }

  traceAttempt(attempt: TracedAttempt, run: () => Promise<unknown>): unknown {
    this.attempts.push(attempt);
    attempt.onEnd((end) => this.ends.push(end));
    return run();
  }
}

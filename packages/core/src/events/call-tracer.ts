import { checkIsObject, shown } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { VerdictKind } from '../base/verdict.ts';
import type { EventOrigin } from './events.ts';
import type { KeyRef } from './key-ref.ts';

/**
 * What has failed, from a closed list, for metrics: the kind of the verdict; `timeout` for the attempt's own time limit; `deadline` and
 * `aborted` for the ends of a call; `_OTHER`, as OpenTelemetry names it, for the rest.
 */
export type ErrorType = VerdictKind | 'timeout' | 'deadline' | 'aborted' | '_OTHER';

interface End {
  /** How long it took, in ms. */
  readonly durationMs: number;
  /** What has failed; absent after a success. */
  readonly errorType?: ErrorType;
  /** The message of the error as one redacted line. */
  readonly message?: string;
}

/** How a call has ended. */
export interface CallEnd extends End {
  /** `exhausted`: no key was left. `aborted`: by the caller's signal, or by the consumer that has left a stream. `error`: otherwise. */
  readonly outcome: 'success' | 'error' | 'exhausted' | 'aborted';
  /** The number of its attempts, in all pools. */
  readonly attempts: number;
  /** The number of different keys that it has tried, in all pools. */
  readonly keysTried: number;
}

/** How an attempt has ended. */
export interface AttemptEnd extends End {
  /** `aborted`: by the caller's signal, the deadline of the call, or the consumer that has left a stream. */
  readonly outcome: 'success' | 'error' | 'aborted';
  /** The kind of failure. */
  readonly verdict?: VerdictKind;
  /** The adapter's short code for the failure. */
  readonly reason?: string;
  /** The pause in ms before the next attempt on the same key; absent if the key is not tried again. */
  readonly delayMs?: number;
}

interface Traced<How extends End> extends EventOrigin {
  /** Identifies the call; the same for all its attempts. */
  readonly callId: string;
  /** The operation that the call has named. */
  readonly operation?: string;
  /** The name of the decorated method. */
  readonly methodName?: string;
  /** The quota bucket that it draws on. */
  readonly bucket: string;
  /** How it has ended; `undefined` until then. */
  readonly end: How | undefined;
  /** Calls the listener at the end. A stream ends later than what `run` returns. */
  onEnd(listener: (end: How) => void): void;
}

/** A call, as tracers see it. `provider` and `pool` are those that it has named. */
export interface TracedCall extends Traced<CallEnd> {}

/** An attempt, as tracers see it. `provider` and `pool` are those of its key. */
export interface TracedAttempt extends Traced<AttemptEnd> {
  /** The key in use: its id and names. */
  readonly key: KeyRef;
  /** The number of the attempt on its key, from 1 to `maxRetries`. */
  readonly attemptNumber: number;
  /** The maximum number of attempts on each key. */
  readonly maxRetries: number;
}

/**
 * Runs calls and attempts inside something, such as a span, so that what they do nests below it. Each method must call `run` once, before
 * it returns. Leave out a method to skip calls or attempts.
 *
 * What a method returns is ignored, and what it throws changes no call.
 *
 * @example
 * const slowCalls: CallTracer = {
 *   traceCall(call, run) {
 *     call.onEnd(({ durationMs }) => durationMs > 5000 && console.warn(`${call.provider}: ${durationMs} ms`));
 *     return run();
 *   },
 * };
 * const stop = registry.trace(slowCalls);
 */
export interface CallTracer {
  /**
   * Whether answers are read for the tokens that they state, so that `status()` counts them. Otherwise they are read only for limits of
   * tokens. @default false
   */
  readonly countsTokens?: boolean;
  traceCall?(call: TracedCall, run: () => Promise<unknown>): unknown;
  traceAttempt?(attempt: TracedAttempt, run: () => Promise<unknown>): unknown;
}

/** @throws InvalidOptionsError for anything but a tracer. `what` names it, for example `"tracer"`. */
export function checkTracer(what: string, tracer: CallTracer): void {
  checkIsObject(what, tracer, '{ traceCall: (call, run) => run() }');
  const methods: unknown[] = [readField(tracer, 'traceCall'), readField(tracer, 'traceAttempt')];
  const given = methods.filter((method) => method !== undefined);
  const wrong = given.find((method) => typeof method !== 'function');
  if (wrong === undefined && given.length > 0) return;
  const found = given.length === 0 ? 'it has neither' : `one of them is ${shown(wrong)}`;
  throw new InvalidOptionsError(
    `"${what}" needs the method traceCall or traceAttempt; ${found}. Write { traceCall: (call, run) => run() }.`,
  );
}

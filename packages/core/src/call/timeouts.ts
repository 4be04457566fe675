import { startTimeout, type Timeout } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';
import type { FallbackSettings } from './retry-options.ts';

/** Which limit ended an attempt. */
export type ExceededTimeout = 'attempt' | 'deadline';

/** One attempt's limits: a signal that carries the caller's abort, the attempt's own time and the call's deadline. */
export class AttemptTimeout {
  /** Set when a limit has ended the attempt. */
  exceeded: ExceededTimeout | undefined;
  /** Still follows the caller's abort when the attempt is over: a stream that the method gave back may be using it. */
  readonly signal: AbortSignal;
  readonly #timeout: Timeout;

  constructor(ms: number, limit: ExceededTimeout, callersSignal: AbortSignal | undefined, runtime: FullRuntime) {
    const text = limit === 'deadline' ? 'The deadline was reached.' : `The attempt took longer than ${ms} ms.`;
    this.#timeout = startTimeout(runtime, ms, () => {
      this.exceeded = limit;
      return new DOMException(text, 'TimeoutError');
    });
    const { signal } = this.#timeout;
    this.signal = callersSignal ? AbortSignal.any([callersSignal, signal]) : signal;
  }

  /** Tells the client that was handed the signal. */
  abort(reason: unknown): void {
    this.#timeout.abort(reason);
  }

  /** Leaves no timer behind; from now on only the caller's abort counts. */
  end(): void {
    this.#timeout.cancel();
  }
}

/** The time limits of one call; made only for a call that sets some. */
export class CallTimeouts {
  readonly #settings: FallbackSettings;
  readonly #runtime: FullRuntime;
  readonly #deadlineAtMs: number;

  constructor(settings: FallbackSettings, runtime: FullRuntime) {
    this.#settings = settings;
    this.#runtime = runtime;
    this.#deadlineAtMs = settings.deadline === undefined ? Infinity : runtime.steadyNow() + settings.deadline;
  }

  /** Ms until the deadline. */
  remainingMs(): number {
    return this.#deadlineAtMs - this.#runtime.steadyNow();
  }

  /** The deadline alone, for what the call waits for between attempts; `undefined` where there is none. */
  startWaiting(): AttemptTimeout | undefined {
    if (this.#settings.deadline === undefined) return undefined;
    return new AttemptTimeout(this.remainingMs(), 'deadline', this.#settings.signal, this.#runtime);
  }

  startAttempt(): AttemptTimeout {
    const { attemptTimeout = Infinity, signal } = this.#settings;
    const remainingMs = this.remainingMs();
    const limit = remainingMs <= attemptTimeout ? 'deadline' : 'attempt';
    return new AttemptTimeout(Math.min(remainingMs, attemptTimeout), limit, signal, this.#runtime);
  }
}

/** Limits for a call whose options ask for any. */
export function callTimeoutsOf(settings: FallbackSettings, runtime: FullRuntime): CallTimeouts | undefined {
  return settings.isTimed ? new CallTimeouts(settings, runtime) : undefined;
}

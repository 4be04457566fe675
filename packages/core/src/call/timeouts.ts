import type { Environment } from '../base/runtime.ts';
import type { FallbackSettings } from './retry-options.ts';
import { startTimeout, type Timeout } from '../base/abortable.ts';

/** Which limit ended an attempt. */
export type ExceededLimit = 'attempt' | 'deadline';

/** One attempt's limits: a signal that carries the caller's abort, the attempt's own time and the call's deadline. */
export class AttemptLimits {
  /** Set when a limit has ended the attempt. */
  exceeded: ExceededLimit | undefined;
  /** Still follows the caller's abort when the attempt is over: a stream that the method gave back may be using it. */
  readonly signal: AbortSignal;
  readonly #timeout: Timeout;

  constructor(ms: number, limit: ExceededLimit, callersSignal: AbortSignal | undefined, environment: Environment) {
    const text = limit === 'deadline' ? 'The deadline was reached.' : `The attempt took longer than ${ms} ms.`;
    this.#timeout = startTimeout(environment, ms, () => {
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
export class TimeLimits {
  readonly #settings: FallbackSettings;
  readonly #environment: Environment;
  readonly #deadlineAtMs: number;

  constructor(settings: FallbackSettings, environment: Environment) {
    this.#settings = settings;
    this.#environment = environment;
    this.#deadlineAtMs = settings.deadline === undefined ? Infinity : environment.now() + settings.deadline;
  }

  /** Ms until the deadline. */
  remainingMs(): number {
    return this.#deadlineAtMs - this.#environment.now();
  }

  /** The deadline alone, for what the call waits for between attempts; `undefined` where there is none. */
  startWaiting(): AttemptLimits | undefined {
    if (this.#settings.deadline === undefined) return undefined;
    return new AttemptLimits(this.remainingMs(), 'deadline', this.#settings.signal, this.#environment);
  }

  startAttempt(): AttemptLimits {
    const { attemptTimeout = Infinity, signal } = this.#settings;
    const remainingMs = this.remainingMs();
    const limit = remainingMs <= attemptTimeout ? 'deadline' : 'attempt';
    return new AttemptLimits(Math.min(remainingMs, attemptTimeout), limit, signal, this.#environment);
  }
}

/** Limits for a call whose options ask for any. */
export function timeLimitsOf(settings: FallbackSettings, environment: Environment): TimeLimits | undefined {
  return settings.isTimed ? new TimeLimits(settings, environment) : undefined;
}

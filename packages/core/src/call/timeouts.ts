import { abortable, startTimeout, type Timeout } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';
import type { FallbackSettings } from './retry-options.ts';

/** Which limit ended an attempt. */
export type ExceededTimeout = 'attempt' | 'deadline';

/** One attempt's limits: a signal that carries the caller's abort, the attempt's own time and the call's deadline. */
export class AttemptTimeout {
  /** Set when a limit has ended the attempt. */
  exceeded: ExceededTimeout | undefined;
  readonly #callersSignal: AbortSignal | undefined;
  readonly #timeout: Timeout;
  #signal: AbortSignal | undefined;

  constructor(ms: number, limit: ExceededTimeout, callersSignal: AbortSignal | undefined, runtime: FullRuntime) {
    this.#callersSignal = callersSignal;
    const text = limit === 'deadline' ? 'The deadline was reached.' : `The attempt took longer than ${ms} ms.`;
    this.#timeout = startTimeout(runtime, ms, () => {
      this.exceeded = limit;
      return new DOMException(text, 'TimeoutError');
    });
  }

  /** Still follows the caller's abort when the attempt is over: a stream that the method gave back may be using it. */
  get signal(): AbortSignal {
    const { signal } = this.#timeout;
    // Made when it is asked for, because it takes more time than the whole call.
    return (this.#signal ??= this.#callersSignal ? AbortSignal.any([this.#callersSignal, signal]) : signal);
  }

  /** Settles like `value`, or rejects when the caller aborts or the limit is reached. */
  unlessAborted<T>(value: T | PromiseLike<T>): Promise<T> {
    const inTime = abortable(value, this.#timeout.signal);
    return this.#callersSignal ? abortable(inTime, this.#callersSignal) : inTime;
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

/** Ends a stream whose next chunk takes too long. One timer serves all of its chunks. */
export class IdleTimeout {
  readonly #runtime: FullRuntime;
  readonly #ms: number;
  readonly #onIdle: (error: unknown) => void;
  /** Waits so far, and when the current one began; `undefined` while the consumer asks for nothing. */
  #waits = 0;
  #sinceMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(runtime: FullRuntime, ms: number, onIdle: (error: unknown) => void) {
    this.#runtime = runtime;
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  /** The wait for another chunk begins. */
  start(): void {
    this.#waits++;
    this.#sinceMs = this.#runtime.steadyNow();
    if (!this.#cancel) this.#arm(this.#ms);
  }

  /** The chunk has come, and the consumer has not asked for another one yet. */
  stop(): void {
    this.#sinceMs = undefined;
  }

  /** Leaves no timer behind. */
  end(): void {
    this.stop();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(ms: number): void {
    const waits = this.#waits;
    this.#cancel = this.#runtime.timer(ms, () => {
      this.#cancel = undefined;
      if (this.#sinceMs === undefined) return;
      // The same wait for the whole time of the timer. The clock is not asked: fake timers may leave it alone.
      if (waits === this.#waits) {
        this.#onIdle(new DOMException(`The stream sent nothing for ${this.#ms} ms.`, 'TimeoutError'));
      } else {
        this.#arm(Math.max(1, this.#ms - (this.#runtime.steadyNow() - this.#sinceMs)));
      }
    });
  }
}

/** Limits for a call whose options ask for any. */
export function callTimeoutsOf(settings: FallbackSettings, runtime: FullRuntime): CallTimeouts | undefined {
  return settings.isTimed ? new CallTimeouts(settings, runtime) : undefined;
}

import { abortable, startTimeout, type Timeout } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';
import type { FallbackSettings } from './fallback-settings.ts';

/** Which timeout ended an attempt: its own or the call's deadline. */
export type ExceededTimeout = 'attempt' | 'deadline';

/** The timeout of one attempt, or of one wait: its signal carries the caller's abort and the first timeout that is due. */
export class AttemptTimeout {
  /** Set when a timeout has ended the attempt. */
  exceeded: ExceededTimeout | undefined;
  readonly #callersSignal: AbortSignal | undefined;
  readonly #timeout: Timeout;
  #signal: AbortSignal | undefined;

  constructor(ms: number, kind: ExceededTimeout, callersSignal: AbortSignal | undefined, runtime: FullRuntime) {
    this.#callersSignal = callersSignal;
    const text = kind === 'deadline' ? 'The deadline was reached.' : `The attempt took longer than ${ms} ms.`;
    this.#timeout = startTimeout(runtime, ms, () => {
      this.exceeded = kind;
      return new DOMException(text, 'TimeoutError');
    });
  }

  /** Follows the caller's abort even after the attempt has ended, because a stream that the method returned may use it. */
  get signal(): AbortSignal {
    const { signal } = this.#timeout;
    // Created on first use, because that takes longer than a whole call.
    return (this.#signal ??= this.#callersSignal ? AbortSignal.any([this.#callersSignal, signal]) : signal);
  }

  /** Settles like `value`, or rejects when the caller aborts or the timeout is reached. */
  unlessAborted<T>(value: T | PromiseLike<T>): Promise<T> {
    const inTime = abortable(value, this.#timeout.signal);
    return this.#callersSignal ? abortable(inTime, this.#callersSignal) : inTime;
  }

  /** Aborts the client that received the signal. */
  abort(reason: unknown): void {
    this.#timeout.abort(reason);
  }

  /** Cancels the timer. From now on only the caller's abort counts. */
  end(): void {
    this.#timeout.cancel();
  }
}

/** The timeouts of one call. Created only if its options set one. */
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
  #remainingMs(): number {
    return this.#deadlineAtMs - this.#runtime.steadyNow();
  }

  /** Whether the deadline passes within this time in ms. */
  endsWithin(pauseMs: number): boolean {
    return this.#remainingMs() <= pauseMs;
  }

  /** Starts the deadline alone, for a wait between attempts; `undefined` without a deadline. */
  startWaiting(): AttemptTimeout | undefined {
    if (this.#settings.deadline === undefined) return undefined;
    return new AttemptTimeout(this.#remainingMs(), 'deadline', this.#settings.signal, this.#runtime);
  }

  startAttempt(): AttemptTimeout {
    const { attemptTimeout = Infinity, signal } = this.#settings;
    const remainingMs = this.#remainingMs();
    const kind = remainingMs <= attemptTimeout ? 'deadline' : 'attempt';
    return new AttemptTimeout(Math.min(remainingMs, attemptTimeout), kind, signal, this.#runtime);
  }
}

/** Ends a stream whose next chunk takes too long. All chunks share one timer. */
export class IdleTimeout {
  readonly #runtime: FullRuntime;
  readonly #ms: number;
  readonly #onIdle: (error: unknown) => void;
  /** The number of waits for a chunk so far. */
  #waits = 0;
  /** When the current wait began; `undefined` while the consumer requests no chunk. */
  #sinceMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(runtime: FullRuntime, ms: number, onIdle: (error: unknown) => void) {
    this.#runtime = runtime;
    this.#ms = ms;
    this.#onIdle = onIdle;
  }

  /** Starts the wait for a chunk. */
  start(): void {
    this.#waits++;
    this.#sinceMs = this.#runtime.steadyNow();
    if (!this.#cancel) this.#arm(this.#ms);
  }

  /** Ends the wait: the chunk has arrived, and the consumer has not requested another one. */
  stop(): void {
    this.#sinceMs = undefined;
  }

  /** Cancels the timer. */
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
      // One wait has lasted as long as the timer. The clock is not read, because fake timers may not advance it.
      if (waits === this.#waits) {
        this.#onIdle(new DOMException(`The stream sent nothing for ${this.#ms} ms.`, 'TimeoutError'));
      } else {
        this.#arm(Math.max(1, this.#ms - (this.#runtime.steadyNow() - this.#sinceMs)));
      }
    });
  }
}

/** Returns the timeouts of a call; `undefined` if its options set none. */
export function callTimeoutsOf(settings: FallbackSettings, runtime: FullRuntime): CallTimeouts | undefined {
  return settings.isTimed ? new CallTimeouts(settings, runtime) : undefined;
}

import type { Place } from '../pool/waiting-calls.ts';
import type { Line } from '../pool/waiting-lines.ts';
import { deadlineExceeded, type Attempted } from './exhaustion-errors.ts';
import type { CallTimeouts } from './timeouts.ts';

/** The part of a call that waits. */
interface WaitingCall extends Attempted {
  readonly timeouts: CallTimeouts | undefined;
  startAt(timeMs: number): void;
}

/** How a call waits: its place in the queue of its pool, and how long it has waited there, by the steady clock. */
export class CallWait {
  readonly #call: WaitingCall;
  #finishedMs: number;
  #sinceMs: number | undefined;
  /** Its place in the queue, until its attempt begins. */
  #place: Place | undefined;

  /** `finishedMs` is the time in ms of earlier waits. */
  constructor(call: WaitingCall, finishedMs = 0) {
    this.#call = call;
    this.#finishedMs = finishedMs;
  }

  /** The time in ms that the call has waited in the queue so far. */
  get totalMs(): number {
    return this.#finishedMs + this.currentMs;
  }

  /** The time in ms that it has waited since it last joined the queue; 0 when it does not wait. */
  get currentMs(): number {
    return this.#sinceMs === undefined ? 0 : this.#call.plan.pool.runtime.steadyNow() - this.#sinceMs;
  }

  /** Starts the time of the wait, unless it has started. */
  begin(): void {
    this.#call.startAt((this.#sinceMs ??= this.#call.plan.pool.runtime.steadyNow()));
  }

  /** Says how the call waits: how long in ms at most until it tries again, and in which line if it waits for room. */
  atMost(ms: number, line?: Line): void {
    const { runtime, waiting } = this.#call.plan.pool;
    this.#place ??= waiting.takePlace();
    this.#place.untilMs = runtime.steadyNow() + ms;
    this.#place.line = line;
  }

  /** Waits in the pool's queue until `poll` returns a value. */
  async inQueue<T>(poll: () => T | undefined): Promise<T> {
    const { waiting } = this.#call.plan.pool;
    const place = (this.#place ??= waiting.takePlace());
    this.begin();
    const result = await this.whileOpen((signal) => waiting.wait(place, poll, signal));
    place.untilMs = Infinity;
    place.line = undefined;
    this.#finishedMs = this.totalMs;
    this.#sinceMs = undefined;
    return result;
  }

  /** Gives up the place in the queue, because the attempt begins. */
  leaveQueue(): void {
    this.#place = undefined;
  }

  /** Waits before an attempt. Rejects when the caller aborts or the deadline passes. */
  async whileOpen<T>(wait: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    this.#call.startAt(this.#call.plan.pool.runtime.steadyNow());
    const timeout = this.#call.timeouts?.startWaiting();
    try {
      return await wait(timeout?.signal ?? this.#call.plan.settings.signal);
    } catch (error) {
      throw timeout?.exceeded ? deadlineExceeded(this.#call) : error;
    } finally {
      timeout?.end();
    }
  }
}

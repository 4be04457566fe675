import { safely } from '../base/safely.ts';
import type { AttemptEnd, CallEnd, CallTracer, TracedAttempt, TracedCall } from '../events/call-tracer.ts';

/** The part of what tracers see that is about the end. */
interface Ending<End> {
  end: End | undefined;
  onEnd(listener: (end: End) => void): void;
}

/** Calls the method of a tracer, if it has one. */
type TraceWith<Traced> = (tracer: CallTracer, traced: Traced, run: () => Promise<unknown>) => unknown;

/** Runs a call or an attempt inside its tracers, and reports its end to them. */
class Trace<About extends object, End> {
  readonly tracers: readonly CallTracer[];
  readonly #traced: About & Ending<End>;
  readonly #traceWith: TraceWith<About & Ending<End>>;
  readonly #listeners: ((end: End) => void)[] = [];

  constructor(tracers: readonly CallTracer[], about: About, traceWith: TraceWith<About & Ending<End>>) {
    this.tracers = tracers;
    this.#traceWith = traceWith;
    this.#traced = { ...about, end: undefined, onEnd: (listener) => this.#onEnd(listener) };
  }

  /** Whether the answers are read for their tokens. */
  get countsTokens(): boolean {
    return this.tracers.some(({ countsTokens }) => countsTokens === true);
  }

  /** Runs it once, inside all tracers. */
  run<T>(run: () => Promise<T>): Promise<T> {
    const inside = (inner: () => Promise<T>, tracer: CallTracer) => () =>
      runOnce((once) => this.#traceWith(tracer, this.#traced, once), inner);
    return this.tracers.reduceRight(inside, run)();
  }

  /** Reports the end. */
  finish(end: End): void {
    this.#traced.end = end;
    for (const listener of this.#listeners) safely(() => listener(end));
  }

  #onEnd(listener: (end: End) => void): void {
    const { end } = this.#traced;
    if (end === undefined) this.#listeners.push(listener);
    else safely(() => listener(end));
  }
}

/** Returns what `run` returns, whatever `trace` does: also if it throws, or never runs it. */
function runOnce<T>(trace: (once: () => Promise<T>) => unknown, run: () => Promise<T>): Promise<T> {
  let running: Promise<T> | undefined;
  const once = () => (running ??= run());
  safely(() => trace(once));
  return once();
}

type AboutCall = Omit<TracedCall, keyof Ending<CallEnd>>;
type AboutAttempt = Omit<TracedAttempt, keyof Ending<AttemptEnd>>;

export type CallTrace = Trace<AboutCall, CallEnd>;
export type AttemptTrace = Trace<AboutAttempt, AttemptEnd>;

export function traceOfCall(tracers: readonly CallTracer[], about: AboutCall): CallTrace {
  return new Trace(tracers, about, (tracer, call, run) => tracer.traceCall?.(call, run));
}

export function traceOfAttempt(tracers: readonly CallTracer[], about: AboutAttempt): AttemptTrace {
  return new Trace(tracers, about, (tracer, attempt, run) => tracer.traceAttempt?.(attempt, run));
}

import { abortable, startTimeout } from '../base/abortable.ts';
import { runInAttempt } from '../base/attempt.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { judgeFailure } from '../pool/observe-response.ts';
import { recordAbandonment, recordFailure, recordSuccess } from './attempt-recorder.ts';
import type { CallPlan } from './call-plan.ts';
import { warnIfDeaf } from './dev-warnings.ts';
import { emitCallEnd, runCall, type Invoke } from './run-call.ts';
import type { RunningAttempt } from './running-attempt.ts';

type Stream = AsyncGenerator<unknown, unknown, unknown>;
type Step = IteratorResult<unknown, unknown>;

interface Opened {
  readonly source: Stream;
  readonly first: Step;
}

const finished: Step = { value: undefined, done: true };

/** How the consumer asks the method's own generator for something. */
type Ask = 'next' | 'return' | 'throw';

/** The answer of a stream that never opened or is over. */
async function afterEnd(ask: Ask, value: unknown): Promise<Step> {
  if (ask === 'throw') throw value;
  return ask === 'next' ? finished : { value: await value, done: true };
}

/**
 * A generator method's stream: falls over until its first chunk, and never after it, so no text is repeated.
 *
 * Its end is a success of the key, a later failure counts by its verdict, and a consumer that stops early is neither.
 */
export class StreamWithFallback implements Stream {
  readonly #plan: CallPlan;
  readonly #invoke: Invoke<Stream>;
  #opening: Promise<Step> | undefined;
  #source: Stream | undefined;
  #attempt: RunningAttempt | undefined;
  #idle: unknown;
  #turn: Promise<void> | undefined;
  #waiting = 0;

  constructor(plan: CallPlan, invoke: Invoke<Stream>) {
    this.#plan = plan;
    this.#invoke = invoke;
  }

  next(sent?: unknown): Promise<Step> {
    if (!this.#opening) return (this.#opening = this.#open());
    return this.#move('next', sent);
  }

  return(value?: unknown): Promise<Step> {
    this.#opening ??= Promise.resolve(finished);
    return this.#move('return', value);
  }

  throw(error?: unknown): Promise<Step> {
    this.#opening ??= Promise.resolve(finished);
    return this.#move('throw', error);
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncGenerator';
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #open(): Promise<Step> {
    const open = async (attempt: RunningAttempt): Promise<Opened> => {
      const source = await this.#invoke(attempt);
      const signal = attempt.timeouts?.signal ?? this.#plan.settings.signal;
      return { source, first: await this.#ask(source, source.next(), signal) };
    };
    const keep = (attempt: RunningAttempt) => {
      attempt.timeouts?.end();
      this.#attempt = attempt;
    };
    const { source, first } = await runCall(this.#plan, open, keep);
    this.#source = source;
    if (first.done) this.#settle(recordSuccess);
    return first;
  }

  #move(ask: Ask, value: unknown): Promise<Step> {
    // A request cannot overtake one that waits for the opening.
    if (!this.#source || this.#waiting > 0) return this.#moveInTurn(ask, value);
    return this.#moveNow(this.#source, ask, value);
  }

  async #moveInTurn(ask: Ask, value: unknown): Promise<Step> {
    this.#waiting++;
    await this.#opening?.catch(() => {});
    this.#waiting--;
    return this.#source ? this.#moveNow(this.#source, ask, value) : afterEnd(ask, value);
  }

  #moveNow(source: Stream, ask: Ask, value: unknown): Promise<Step> {
    const { signal } = this.#plan.settings;
    if (signal?.aborted && ask === 'return') {
      // Whoever has aborted may stop reading, and waits for no cleaning up.
      this.#source = undefined;
      this.#inAttempt(source, ask, value).catch(() => {});
      this.#settle(recordAbandonment);
      return afterEnd(ask, value);
    }
    if (signal?.aborted) return this.#raise(source, signal.reason, false);
    return this.#ask(source, this.#inAttempt(source, ask, value), signal).then(
      (step) => {
        if (step.done) this.#settle(ask === 'return' ? recordAbandonment : recordSuccess);
        return step;
      },
      // What the consumer throws in may come out again: then no key is to blame.
      (error: unknown) => this.#raise(source, error, ask === 'return' || (ask === 'throw' && error === value)),
    );
  }

  /** Ends a stream with an error. */
  async #raise(source: Stream, error: unknown, isConsumers: boolean): Promise<never> {
    // Like any generator that has thrown, the stream is over; not awaited, because one that hangs would hold the consumer.
    this.#source = undefined;
    this.#inAttempt(source, 'return', undefined).catch(() => {});
    this.#settle((attempt) => this.#fail(attempt, error, isConsumers));
    throw error;
  }

  // A generator body runs in the context of whoever asks for the next chunk, so each request enters the attempt again.
  #inAttempt(source: Stream, ask: Ask, value: unknown): Promise<Step> {
    return this.#attempt ? runInAttempt(this.#attempt.view, () => source[ask](value)) : source[ask](value);
  }

  /** Waits for a chunk, but not beyond an abort or a limit. */
  #ask(source: Stream, asked: Promise<Step>, signal: AbortSignal | undefined): Promise<Step> {
    // The first chunk has the limits of the attempt.
    const { idleTimeout } = this.#source ? this.#plan.settings : {};
    if (!signal && idleTimeout === undefined) return asked;
    return this.#askInTime(source, asked, signal, idleTimeout);
  }

  async #askInTime(
    source: Stream,
    asked: Promise<Step>,
    signal: AbortSignal | undefined,
    idleTimeout: number | undefined,
  ): Promise<Step> {
    try {
      const unlessAborted = abortable(asked, signal);
      return await (idleTimeout === undefined ? unlessAborted : this.#unlessIdle(unlessAborted, idleTimeout));
    } catch (error) {
      if (signal?.aborted) warnIfDeaf(asked, this.#plan.pool.provider, this.#plan.settings.methodName);
      // Before the stream is open nobody else knows the generator.
      if (!this.#source) source.return(undefined).catch(() => {});
      throw error;
    }
  }

  /** A chunk that does not come in time fails the stream; nothing is repeated. */
  async #unlessIdle(asked: Promise<Step>, idleTimeout: number): Promise<Step> {
    // Requests that are made at once are answered one after the other, and each has its own time.
    const turn = this.#turn;
    this.#turn = asked.then(
      () => {},
      () => {},
    );
    await turn;
    const { signal, cancel } = startTimeout(this.#plan.pool.runtime, idleTimeout, () => {
      this.#idle = new DOMException(`The stream sent nothing for ${idleTimeout} ms.`, 'TimeoutError');
      this.#attempt?.timeouts?.abort(this.#idle);
      return this.#idle;
    });
    return abortable(asked, signal).finally(cancel);
  }

  #settle(count: (attempt: RunningAttempt) => void): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (!attempt) return;
    count(attempt);
    attempt.call.end();
  }

  #fail(attempt: RunningAttempt, error: unknown, byConsumer: boolean): void {
    if (byConsumer || this.#plan.settings.signal?.aborted) {
      recordAbandonment(attempt);
      if (!byConsumer) emitCallEnd(this.#plan, error);
      return;
    }
    const verdict = this.#judge(attempt, error);
    recordFailure(attempt, verdict, error);
    this.#plan.pool.health.strike(attempt, verdict);
    emitCallEnd(this.#plan, error);
  }

  // Our own timeout looks like the caller's deadline to an adapter.
  #judge(attempt: RunningAttempt, error: unknown): ErrorVerdict {
    if (error === this.#idle) return { kind: 'transient', reason: 'idle_timeout' };
    const { pool, settings } = this.#plan;
    return judgeFailure(pool, attempt.key, error, settings);
  }
}

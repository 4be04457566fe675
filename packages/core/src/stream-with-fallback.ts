import { runInAttempt } from './attempt.ts';
import { warnIfDeaf } from './dev-warnings.ts';
import { callWithKeys, tellEnd, type Invoke } from './call-with-fallback.ts';
import type { KeyPool } from './key-pool.ts';
import type { ErrorVerdict } from './provider-adapter.ts';
import type { FallbackSettings } from './retry-options.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { untilAborted } from './until-aborted.ts';

type Stream = AsyncGenerator<unknown, unknown, unknown>;
type Step = IteratorResult<unknown, unknown>;

interface Opened {
  readonly source: Stream;
  readonly first: Step;
}

const finished: Step = { value: undefined, done: true };

/** One request of the consumer to the method's own generator. */
interface Move {
  readonly move: (source: Stream) => Promise<Step>;
  /** The answer of a stream that never opened or is over. */
  readonly end: () => Step | Promise<Step>;
  readonly isReturn?: boolean;
  /** What the consumer throws in: if it comes out again, no key is to blame. */
  readonly thrown?: { readonly error: unknown };
}

/**
 * A generator method's stream: falls over until its first chunk, and never after it, so no text is repeated.
 *
 * Its end is a success of the key, a later failure counts by its verdict, and a consumer that stops early is neither.
 */
export class StreamWithFallback implements Stream {
  readonly #pool: KeyPool;
  readonly #invoke: Invoke<Stream>;
  readonly #settings: FallbackSettings;
  #opening: Promise<Step> | undefined;
  #source: Stream | undefined;
  #attempt: RunningAttempt | undefined;
  #idle: unknown;
  #turn: Promise<void> | undefined;

  constructor(pool: KeyPool, invoke: Invoke<Stream>, settings: FallbackSettings) {
    this.#pool = pool;
    this.#invoke = invoke;
    this.#settings = settings;
  }

  next(sent?: unknown): Promise<Step> {
    if (!this.#opening) return (this.#opening = this.#open());
    return this.#move({ end: () => finished, move: (source) => source.next(sent) });
  }

  return(value?: unknown): Promise<Step> {
    this.#opening ??= Promise.resolve(finished);
    const end = async (): Promise<Step> => ({ value: await value, done: true });
    return this.#move({ end, move: (source) => source.return(value), isReturn: true });
  }

  throw(error?: unknown): Promise<Step> {
    this.#opening ??= Promise.resolve(finished);
    const end = (): never => {
      throw error;
    };
    return this.#move({ end, move: (source) => source.throw(error), thrown: { error } });
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
    const open = async (injected: unknown, attempt: RunningAttempt): Promise<Opened> => {
      const source = await this.#invoke(injected, attempt);
      const signal = attempt.limits?.signal ?? this.#settings.signal;
      return { source, first: await this.#ask(source, source.next(), signal) };
    };
    const keep = (attempt: RunningAttempt) => {
      attempt.limits?.end();
      this.#attempt = attempt;
    };
    const { source, first } = await callWithKeys(this.#pool, open, this.#settings, keep);
    this.#source = source;
    if (first.done) this.#settle((attempt) => this.#pool.succeed(attempt));
    return first;
  }

  async #move({ end, move, isReturn = false, thrown }: Move): Promise<Step> {
    // Always, so that a later request cannot overtake one that waits for the opening.
    await this.#opening?.catch(() => {});
    const source = this.#source;
    if (!source) return end();
    const { signal } = this.#settings;
    if (isReturn && signal?.aborted) {
      // Whoever has aborted may stop reading, and waits for no cleaning up.
      this.#source = undefined;
      this.#inAttempt(() => move(source)).catch(() => {});
      this.#settle((attempt) => this.#pool.abandon(attempt));
      return end();
    }
    try {
      signal?.throwIfAborted();
      const step = await this.#ask(
        source,
        this.#inAttempt(() => move(source)),
        signal,
      );
      if (step.done) this.#settle((attempt) => this.#end(attempt, isReturn));
      return step;
    } catch (error) {
      // Like any generator that has thrown, the stream is over; not awaited, because one that hangs would hold the consumer.
      this.#source = undefined;
      this.#inAttempt(() => source.return(undefined)).catch(() => {});
      const isConsumers = isReturn || thrown?.error === error;
      this.#settle((attempt) => this.#fail(attempt, error, isConsumers));
      throw error;
    }
  }

  // A generator body runs in the context of whoever asks for the next chunk, so each request enters the attempt again.
  #inAttempt<T>(step: () => T): T {
    return this.#attempt ? runInAttempt(this.#attempt, step, undefined) : step();
  }

  /** Waits for a chunk, but not beyond an abort or a limit. */
  async #ask(source: Stream, asked: Promise<Step>, signal: AbortSignal | undefined): Promise<Step> {
    try {
      return await this.#inTime(untilAborted(asked, signal));
    } catch (error) {
      if (signal?.aborted) warnIfDeaf(asked, this.#pool.provider, this.#settings.place);
      // Before the stream is open nobody else knows the generator.
      if (!this.#source) source.return(undefined).catch(() => {});
      throw error;
    }
  }

  /** A chunk that does not come in time fails the stream; nothing is repeated. */
  async #inTime(asked: Step | PromiseLike<Step>): Promise<Step> {
    const { idleTimeout } = this.#settings;
    // The first chunk has the limits of the attempt.
    if (idleTimeout === undefined || !this.#source) return asked;
    // Requests that are made at once are answered one after the other, and each has its own time.
    const turn = this.#turn;
    this.#turn = Promise.resolve(asked).then(
      () => {},
      () => {},
    );
    await turn;
    const { promise, reject } = Promise.withResolvers<never>();
    const cancel = this.#pool.environment.timer(idleTimeout, () => {
      this.#idle = new DOMException(`The stream sent nothing for ${idleTimeout} ms.`, 'TimeoutError');
      this.#attempt?.limits?.abort(this.#idle);
      reject(this.#idle);
    });
    return Promise.race([asked, promise]).finally(cancel);
  }

  #settle(count: (attempt: RunningAttempt) => void): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (!attempt) return;
    count(attempt);
    attempt.call.end();
  }

  #end(attempt: RunningAttempt, isReturn: boolean): void {
    if (isReturn) this.#pool.abandon(attempt);
    else this.#pool.succeed(attempt);
  }

  #fail(attempt: RunningAttempt, error: unknown, byConsumer: boolean): void {
    if (byConsumer || this.#settings.signal?.aborted) {
      this.#pool.abandon(attempt);
      if (!byConsumer) tellEnd(this.#pool, this.#settings, error);
      return;
    }
    const verdict = this.#judge(attempt, error);
    this.#pool.fail(attempt, verdict, error);
    this.#pool.health.strike(attempt, verdict);
    tellEnd(this.#pool, this.#settings, error);
  }

  // Our own timeout looks like the caller's deadline to an adapter.
  #judge(attempt: RunningAttempt, error: unknown): ErrorVerdict {
    return error === this.#idle ? { kind: 'transient', reason: 'idle_timeout' } : this.#pool.judge(attempt, error);
  }
}

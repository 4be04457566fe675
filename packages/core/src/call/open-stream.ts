import { warnIfSignalIgnored } from '../events/dev-warnings.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { classifyFailure } from '../pool/observe-response.ts';
import { recordAbandonment, recordFailure, recordSuccess } from './attempt-recorder.ts';
import { endWithAbort, endWithError } from './call-end.ts';
import type { CallPlan } from './call-plan.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { IdleTimeout } from './timeouts.ts';

export type Stream = AsyncGenerator<unknown, unknown, unknown>;
export type Step = IteratorResult<unknown, unknown>;

/** The generator method that the consumer calls. */
export type Ask = 'next' | 'return' | 'throw';

interface Request {
  readonly ask: Ask;
  /** What the consumer holds. The request keeps it from being collected: a consumer that holds only a promise is not cut off. */
  readonly consumer: object;
  /** The promise of the method; `undefined` until it has returned one. */
  asked: Promise<Step> | undefined;
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

export const finished: Step = { value: undefined, done: true };

/** The result of a request to a stream that never opened or is over. */
export async function afterEnd(ask: Ask, value: unknown): Promise<Step> {
  if (ask === 'throw') throw value;
  return ask === 'next' ? finished : { value: await value, done: true };
}

/**
 * Asks an iterator. Never throws: what the iterator throws at once rejects. `return` and `throw` are optional in the protocol; without
 * one the stream ends as an exhausted one does.
 */
function askIterator(source: AsyncIterator<unknown, unknown, unknown>, ask: Ask, value: unknown): Promise<Step> {
  try {
    if (typeof source[ask] === 'function') return Promise.resolve(source[ask](value));
    if (ask === 'throw') closeIterator(source);
    return afterEnd(ask, value);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

/** Lets an iterator clean up. Not awaited, because one that hangs would block the consumer or the call. */
export function closeIterator(source: AsyncIterator<unknown, unknown, unknown>): void {
  askIterator(source, 'return', undefined).catch(() => {});
}

/**
 * A stream after its first chunk. It never falls over: its end counts as a success of the key, a failure by its verdict, and a
 * consumer that stops early as neither.
 */
export class OpenStream {
  readonly #plan: CallPlan;
  readonly #source: Stream;
  readonly #attempt: RunningAttempt;
  readonly #onEnd: () => void;
  readonly #requests = new Set<Request>();
  readonly #idle: IdleTimeout | undefined;
  /** The revision of the pool's health when the stream opened: a failure is newer than the first chunk. */
  readonly #revision: number;
  #isOver = false;

  /** `onEnd` is called once, when the stream is over. */
  constructor(source: Stream, attempt: RunningAttempt, onEnd: () => void) {
    const { plan } = attempt.call;
    this.#plan = plan;
    this.#source = source;
    this.#attempt = attempt;
    this.#onEnd = onEnd;
    this.#revision = plan.pool.health.revision;
    const { idleTimeout } = plan.settings;
    if (idleTimeout === undefined) return;
    this.#idle = new IdleTimeout(plan.pool.runtime, idleTimeout, (error) => this.#onIdle(error));
  }

  /** Whether the consumer waits for a chunk. */
  get isAwaited(): boolean {
    return [...this.#requests].some(({ ask }) => ask === 'next');
  }

  ask(ask: Ask, value: unknown, consumer: object): Promise<Step> {
    const { signal } = this.#plan.settings;
    if (this.#isOver) return afterEnd(ask, value);
    if (!signal?.aborted) return this.#request(ask, value, consumer);
    // A consumer that has aborted must not wait for the method's cleanup.
    this.#close();
    if (ask === 'return') this.#end(abandon);
    else this.#fail(signal.reason);
    return ask === 'return' ? afterEnd(ask, value) : Promise.reject(signal.reason as Error);
  }

  /** Rejects the waiting request after the caller's abort. Without one, the next request rejects. */
  onAbort(reason: unknown): void {
    if (this.#requests.size > 0) this.#interrupt(reason);
  }

  /** Ends the stream because the method has returned. */
  finish(): void {
    this.#end(recordSuccess);
  }

  /** Ends the stream because the consumer has left: while it waited for a chunk, or by dropping the stream. */
  leave(): void {
    if (this.#isOver) return;
    this.#end(abandon);
    this.#close();
    for (const { resolve } of this.#requests) resolve(finished);
    this.#requests.clear();
  }

  #request(ask: Ask, value: unknown, consumer: object): Promise<Step> {
    return new Promise((resolve, reject) => {
      const request: Request = { ask, consumer, asked: undefined, resolve, reject };
      this.#requests.add(request);
      if (this.#requests.size === 1) this.#idle?.start();
      // Asked last, because the method can abort the signal, or exceed the idle timeout, before it returns its promise.
      request.asked = this.#askSource(ask, value);
      request.asked.then(
        (step) => {
          if (!this.#answer(request)) return;
          this.#attempt.usage?.onValue(step.value);
          if (step.done) this.#end(ask === 'return' ? abandon : recordSuccess);
          resolve(step);
        },
        (error: unknown) => {
          if (!this.#answer(request)) return;
          // An error that the consumer has thrown into the generator says nothing about the key.
          if (ask === 'return' || (ask === 'throw' && error === value)) this.#end(abandon);
          else this.#fail(error);
          reject(error as Error);
        },
      );
    });
  }

  /** Marks a request as answered. `false` if it was ended before. */
  #answer(request: Request): boolean {
    if (!this.#requests.delete(request)) return false;
    if (!this.#attempt.isRenewed && !this.#isOver) this.#plan.pool.slots.renew(this.#attempt);
    // Concurrent requests are answered one after the other, and the idle timeout applies to each.
    if (this.#requests.size > 0) this.#idle?.start();
    else this.#idle?.stop();
    return true;
  }

  // A generator body runs in the async context of its consumer, so each request enters the attempt again.
  #askSource(ask: Ask, value: unknown): Promise<Step> {
    return this.#attempt.enter(() => askIterator(this.#source, ask, value));
  }

  #onIdle(error: unknown): void {
    this.#attempt.timeout?.abort(error);
    this.#interrupt(error, { kind: 'transient', reason: 'idle_timeout' });
  }

  /** Ends the stream while its method still runs. As in a generator that throws, the first request rejects and the others end. */
  #interrupt(error: unknown, verdict?: ErrorVerdict): void {
    const [first, ...others] = this.#requests;
    this.#requests.clear();
    if (this.#plan.settings.signal?.aborted) {
      warnIfSignalIgnored(first?.asked, this.#plan.pool.provider, this.#plan.settings.methodName);
    }
    this.#close();
    if (first?.ask === 'return') this.#end(abandon);
    else this.#fail(error, verdict);
    first?.reject(error);
    for (const { resolve } of others) resolve(finished);
  }

  #close(): void {
    this.#attempt.enter(() => closeIterator(this.#source));
  }

  #fail(error: unknown, verdict?: ErrorVerdict): void {
    const { pool, settings } = this.#plan;
    this.#end((attempt) => {
      if (settings.signal?.aborted) {
        recordAbandonment(attempt);
      } else {
        // An adapter could not tell our idle timeout from the caller's own.
        const judged = verdict ?? classifyFailure(pool, attempt.key, error, settings);
        recordFailure(attempt, judged, error);
        pool.health.strike({ key: attempt.key, bucket: attempt.bucket, revision: this.#revision }, judged);
      }
      endWithError(attempt.call, error);
    });
  }

  #end(count: (attempt: RunningAttempt) => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle?.end();
    this.#onEnd();
    count(this.#attempt);
    this.#attempt.call.end();
  }
}

/** Ends the call of a stream that its consumer has left. */
function abandon(attempt: RunningAttempt): void {
  recordAbandonment(attempt);
  endWithAbort(attempt.call);
}

import { warnIfSignalIgnored } from '../events/dev-warnings.ts';
import { recordServed } from './attempt-recorder.ts';
import type { CallPlan } from './call-plan.ts';
import { afterEnd, closeIterator, finished, OpenStream, type Ask, type Step, type Stream } from './open-stream.ts';
import { runCall } from './run-call.ts';
import type { Invoke, RunningAttempt } from './running-attempt.ts';

interface Opened {
  readonly source: Stream;
  readonly first: Step;
  readonly attempt: RunningAttempt;
}

/** Closes a generator that no consumer receives. */
function close({ source, attempt }: Pick<Opened, 'source' | 'attempt'>): void {
  attempt.enter(() => closeIterator(source));
}

/** Closes streams that their consumers have dropped without `return()`. */
const droppedStreams = new FinalizationRegistry<StreamState>((state) => state.drop());

/**
 * A generator method's stream, as its consumer holds it. When it is garbage before its end, the stream is closed: nothing that lives
 * longer, such as the caller's signal or the method, refers to it between two chunks.
 */
export class StreamWithFallback implements Stream {
  readonly #state: StreamState;

  constructor(plan: CallPlan, invoke: Invoke<Stream>) {
    this.#state = new StreamState(plan, invoke);
    droppedStreams.register(this, this.#state);
  }

  next(sent?: unknown): Promise<Step> {
    return this.#state.next(sent, this);
  }

  return(value?: unknown): Promise<Step> {
    return this.#state.leave('return', value, this);
  }

  throw(error?: unknown): Promise<Step> {
    return this.#state.leave('throw', error, this);
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
}

/**
 * The state of a stream. It falls over until its first chunk and never afterwards, so no text is repeated.
 *
 * One signal ends all attempts. It follows the caller's signal, and aborts when the consumer leaves while it waits for a chunk.
 */
class StreamState {
  readonly #plan: CallPlan;
  readonly #callersSignal: AbortSignal | undefined;
  readonly #invoke: Invoke<Stream>;
  readonly #stop = new AbortController();
  #opening: Promise<Step> | undefined;
  /** The generator that an attempt has opened; an abort can still close it. */
  #opened: Opened | undefined;
  #open: OpenStream | undefined;
  /** The number of requests that wait for the first chunk. */
  #queued = 0;
  /** What the consumer holds, while it waits for the first chunk: a consumer that holds only a promise is not cut off. */
  readonly #awaitedBy = new Set<object>();
  #hasLeft = false;

  constructor(plan: CallPlan, invoke: Invoke<Stream>) {
    this.#plan = plan.with({ signal: this.#stop.signal });
    this.#callersSignal = plan.settings.signal;
    this.#invoke = invoke;
  }

  next(sent: unknown, consumer: object): Promise<Step> {
    if (this.#opening) return this.#ask('next', sent, consumer);
    this.#awaitedBy.add(consumer);
    return (this.#opening = this.#openNow());
  }

  /** Ends the stream for its consumer. While a chunk is outstanding it aborts the request instead of waiting for the provider. */
  leave(ask: Ask, value: unknown, consumer: object): Promise<Step> {
    this.#opening ??= Promise.resolve(finished);
    if (!this.#open || this.#open.isAwaited) {
      this.#hasLeft = true;
      this.#stop.abort(new DOMException('The consumer of the stream has left.', 'AbortError'));
      this.#open?.leave();
    }
    return this.#ask(ask, value, consumer);
  }

  /** Ends the stream because the consumer has dropped it. No request is outstanding: a request holds what the consumer holds. */
  drop(): void {
    this.#open?.leave();
  }

  async #openNow(): Promise<Step> {
    this.#followCaller();
    try {
      const { source, first, attempt } = await runCall(this.#plan, this.#start, onFirstChunk);
      this.#open = new OpenStream(source, attempt, this.#unfollowCaller);
      if (this.#hasLeft) this.#open.leave();
      else if (first.done) this.#open.finish();
      return this.#hasLeft ? finished : first;
    } catch (error) {
      this.#unfollowCaller();
      if (this.#opened) close(this.#opened);
      if (this.#hasLeft) return finished;
      throw error;
    } finally {
      this.#releaseConsumer();
    }
  }

  /** Starts the method and waits for its first chunk, until the attempt's signal aborts. */
  readonly #start = async (attempt: RunningAttempt): Promise<Opened> => {
    attempt.keepContext();
    const source = await this.#invoke(attempt);
    let asked: Promise<Step> | undefined;
    try {
      // The consumer can have left before the method was called.
      this.#stop.signal.throwIfAborted();
      asked = source.next();
      const first = await attempt.unlessAborted(asked);
      attempt.usage?.onValue(first.value);
      return (this.#opened = { source, first, attempt });
    } catch (error) {
      if (attempt.isAborted) warnIfSignalIgnored(asked, this.#plan.pool.provider, this.#plan.settings.methodName);
      close({ source, attempt });
      throw error;
    }
  };

  #ask(ask: Ask, value: unknown, consumer: object): Promise<Step> {
    // A request must not overtake those that wait for the first chunk.
    if (!this.#open || this.#queued > 0) return this.#askInTurn(ask, value, consumer);
    return this.#open.ask(ask, value, consumer);
  }

  async #askInTurn(ask: Ask, value: unknown, consumer: object): Promise<Step> {
    this.#queued++;
    await this.#opening?.catch(() => {});
    this.#queued--;
    this.#releaseConsumer();
    return this.#open ? this.#open.ask(ask, value, consumer) : afterEnd(ask, value);
  }

  #releaseConsumer(): void {
    if (this.#queued === 0) this.#awaitedBy.clear();
  }

  #followCaller(): void {
    const signal = this.#callersSignal;
    if (signal?.aborted) this.#onCallersAbort();
    else signal?.addEventListener('abort', this.#onCallersAbort);
  }

  readonly #onCallersAbort = (): void => {
    const reason: unknown = this.#callersSignal?.reason;
    this.#stop.abort(reason);
    this.#open?.onAbort(reason);
  };

  readonly #unfollowCaller = (): void => {
    this.#callersSignal?.removeEventListener('abort', this.#onCallersAbort);
  };
}

/** Lets waiting calls use the key: its first chunk shows that it works, long before the stream ends. */
function onFirstChunk(attempt: RunningAttempt): void {
  attempt.timeout?.end();
  recordServed(attempt);
  attempt.call.end();
}

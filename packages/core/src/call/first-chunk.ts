import type { Readable } from 'node:stream';
import { abortable } from '../base/abortable.ts';
import { findAttempt } from '../base/attempt.ts';

/**
 * Waits for the first chunk of a stream, so that its failure is a failure of the call and another key can be tried; then
 * hands the same stream on, whole.
 *
 * `counts` says which chunk is the first one that counts, for streams that begin with announcements; when it throws, the call
 * fails. No chunk is lost. A `ReadableStream` comes back as a new one, which has no BYOB readers.
 *
 * @example
 * return firstChunk(await client.chat.completions.create({ ...request, stream: true }));
 */
export async function firstChunk<S extends AsyncIterable<unknown>>(
  stream: S,
  counts: (chunk: S extends AsyncIterable<infer Chunk> ? Chunk : never) => boolean = () => true,
): Promise<S> {
  const isFirst = counts as (chunk: unknown) => boolean;
  // A subclass with a next() of its own (LangChain's) is read through that, and stays itself.
  const isPlainStream = stream instanceof ReadableStream && !('next' in stream);
  if (isPlainStream) return readAhead(stream, isFirst) as Promise<unknown> as Promise<S>;
  if (isNodeStream(stream)) return putBack(stream, isFirst);
  const source = stream[Symbol.asyncIterator]();
  const replay = replaying(source, await begin(source, isFirst));
  // The stream itself stays, with its class and private fields; a Proxy would break them.
  if (isSame(source, stream)) {
    for (const name of ['next', 'return', 'throw'] as const) shadow(stream, name, replay[name]);
    return stream;
  }
  let isTaken = false;
  const takeOver = (name: PropertyKey, original: () => unknown) =>
    shadow(stream, name, () => {
      if (isTaken) return original.call(stream);
      isTaken = true;
      return replay;
    });
  takeOver(Symbol.asyncIterator, stream[Symbol.asyncIterator]);
  // Where the streams of the OpenAI and Anthropic clients keep their iterator; `tee()` reads it.
  if ('iterator' in stream && typeof stream.iterator === 'function') {
    takeOver('iterator', stream.iterator as () => unknown);
  }
  return stream;
}

type Step = IteratorResult<unknown>;
type Source = AsyncIterator<unknown, unknown, unknown>;

function isSame(source: object, stream: object): boolean {
  return source === stream;
}

function shadow(stream: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(stream, name, { value, configurable: true, writable: true });
}

/** Reads on to the first chunk that counts, or to the end; closes a stream that the call fails over or that it gives up. */
async function begin(source: Source, isFirst: (chunk: unknown) => boolean): Promise<Step[]> {
  const signal = findAttempt()?.signal;
  const steps: Step[] = [];
  try {
    for (;;) {
      // A silent stream is closed as soon as the attempt ends, also when its client was not given the signal.
      const step = await abortable(source.next(), signal);
      steps.push(step);
      if (step.done || isFirst(step.value)) return steps;
    }
  } catch (error) {
    // Not awaited: a stream that hangs would hold the call.
    source.return?.().catch(() => {});
    throw error;
  }
}

/** An iterator that begins with the steps that have been read already. */
function replaying(source: Source, steps: Step[]): Required<AsyncIterableIterator<unknown>> {
  // Bound before they are shadowed.
  const next = source.next.bind(source);
  const finish = source.return?.bind(source);
  const fail = source.throw?.bind(source);
  const replay = {
    async next(...sent: [] | [unknown]) {
      return steps.shift() ?? next(...sent);
    },
    async return(value?: unknown): Promise<Step> {
      steps.length = 0;
      return (await finish?.(value)) ?? { done: true, value };
    },
    async throw(error?: unknown): Promise<Step> {
      steps.length = 0;
      if (fail) return fail(error);
      await finish?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => replay,
  };
  return replay;
}

function isNodeStream(stream: unknown): stream is Readable {
  // Looked up here, because loading it would be a third of the memory that importing this package takes.
  return stream instanceof process.getBuiltinModule('node:stream').Readable;
}

/** Node's streams take chunks back, so that `pipe()` and `data` listeners see them as well. */
async function putBack<S extends Readable>(stream: S, isFirst: (chunk: unknown) => boolean): Promise<S> {
  const source = stream.iterator({ destroyOnReturn: false });
  const steps = await begin(closing(source, stream), isFirst);
  for (const step of steps.toReversed()) if (!step.done) stream.unshift(step.value);
  await source.return?.();
  return stream;
}

/** The iterator, except that to return from it closes the stream. */
function closing(source: Source, stream: Readable): Source {
  return {
    next: () => source.next(),
    async return() {
      stream.destroy();
      return { done: true, value: undefined };
    },
  };
}

async function readAhead(stream: ReadableStream, isFirst: (chunk: unknown) => boolean): Promise<ReadableStream> {
  const reader = stream.getReader();
  const source: Source = {
    next: async () => (await reader.read()) as Step,
    return: async () => ({ done: true, value: await reader.cancel() }),
  };
  const { next } = replaying(source, await begin(source, isFirst));
  return new ReadableStream({
    async pull(controller) {
      const step = await next();
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

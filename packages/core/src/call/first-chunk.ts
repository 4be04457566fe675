import type { Readable } from 'node:stream';
import { abortable } from '../base/abortable.ts';
import { findAttempt } from '../base/attempt.ts';
import { shownKind } from '../base/check-arguments.ts';
import { readField } from '../base/read-field.ts';
import { closeIterator } from './open-stream.ts';

/**
 * Waits for the first chunk of a stream, so that a failure until then falls over to the next key. Returns the same stream with all
 * of its chunks.
 *
 * Chunks for which `isContent` returns `false` (role, progress) are buffered and replayed. A `ReadableStream` is replaced by a new
 * one, without BYOB readers.
 *
 * @throws what the stream or `isContent` throws before the first content, and the reason of the attempt's signal.
 * @example
 * return firstChunk(await client.chat.completions.create({ ...request, stream: true }));
 */
export async function firstChunk<S extends AsyncIterable<unknown>>(
  stream: S,
  isContent: (chunk: S extends AsyncIterable<infer Chunk> ? Chunk : never) => boolean = () => true,
): Promise<S> {
  if (typeof readField(stream, Symbol.asyncIterator) !== 'function')
    throw new TypeError(`firstChunk() expects a stream; the value is ${shownKind(stream)}.`);
  const isFirst = isContent as (chunk: unknown) => boolean;
  // A subclass with its own next() (LangChain's) is read through that method and returned as it is.
  const isPlainStream = stream instanceof ReadableStream && !('next' in stream);
  if (isPlainStream) return readAhead(stream, isFirst) as Promise<unknown> as Promise<S>;
  if (isNodeStream(stream)) return putBack(stream, isFirst);
  const source = stream[Symbol.asyncIterator]();
  const replay = replaying(source, await begin(source, isFirst));
  // The stream itself is returned, because a Proxy would break its private fields.
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
  // The OpenAI and Anthropic clients keep the iterator of a stream here, and `tee()` reads it.
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

/** Reads to the first content or to the end. Closes the stream if that fails or the attempt's signal aborts. */
async function begin(source: Source, isFirst: (chunk: unknown) => boolean): Promise<Step[]> {
  const signal = findAttempt()?.signal;
  const steps: Step[] = [];
  try {
    for (;;) {
      // Closes a silent stream when the attempt ends, even if its client did not receive the signal.
      const step = await abortable(source.next(), signal);
      steps.push(step);
      if (step.done || isFirst(step.value)) return steps;
    }
  } catch (error) {
    closeIterator(source);
    throw error;
  }
}

/** Returns an iterator that starts with the steps that were read already. */
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
  // Not imported, because that would add a third to the memory of importing this package.
  return stream instanceof process.getBuiltinModule('node:stream').Readable;
}

/** Reads ahead, then puts the chunks back into the Node stream, so that `pipe()` and `data` listeners receive them too. */
async function putBack<S extends Readable>(stream: S, isFirst: (chunk: unknown) => boolean): Promise<S> {
  const source = stream.iterator({ destroyOnReturn: false });
  const steps = await begin(closing(source, stream), isFirst);
  for (const step of steps.toReversed()) if (!step.done) stream.unshift(step.value);
  await source.return?.();
  return stream;
}

/** Returns the iterator with a `return()` that closes the stream. */
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

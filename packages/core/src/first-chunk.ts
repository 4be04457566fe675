/**
 * Waits for the first chunk of a stream, so that its failure is a failure of the call and another key can be tried; then
 * hands the same stream on, whole.
 *
 * For a method that resolves to a stream: `return firstChunk(await client.chat.completions.create({ …, stream: true }))`.
 * A `ReadableStream` comes back as a new one.
 */
export async function firstChunk<S extends AsyncIterable<unknown>>(stream: S): Promise<S> {
  if (stream instanceof ReadableStream) return readAhead(stream) as Promise<unknown> as Promise<S>;
  const source = stream[Symbol.asyncIterator]();
  let first: IteratorResult<unknown> | undefined = await source.next();
  const replay: AsyncIterableIterator<unknown> = {
    async next(...sent) {
      const step = first;
      first = undefined;
      return step ?? source.next(...sent);
    },
    async return(value: unknown) {
      first = undefined;
      return (await source.return?.(value)) ?? { done: true, value };
    },
    async throw(error: unknown) {
      first = undefined;
      if (source.throw) return source.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]: () => replay,
  };
  // Class, identity and private fields stay; a Proxy would break them.
  shadow(stream, Symbol.asyncIterator, () => replay);
  // Where the streams of the OpenAI and Anthropic clients keep their iterator; `tee()` reads it.
  if ('iterator' in stream && typeof stream.iterator === 'function') shadow(stream, 'iterator', () => replay);
  return stream;
}

function shadow(stream: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(stream, name, { value, configurable: true, writable: true });
}

async function readAhead(stream: ReadableStream): Promise<ReadableStream> {
  const reader = stream.getReader();
  let first: Awaited<ReturnType<typeof reader.read>> | undefined = await reader.read();
  return new ReadableStream({
    async pull(controller) {
      const step = first ?? (await reader.read());
      first = undefined;
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

import type { Readable } from 'node:stream';

export type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Returns the body of a response or request as a web stream. The bodies of node-fetch are streams of Node.
 *
 * Cancelling the web stream destroys the stream of Node, which closes its connection.
 *
 * @example
 * const watched = new Response(webStreamOf(response.body).pipeThrough(new FinalEventCheck()), response);
 */
export function webStreamOf(body: ReadableStream | Readable): ByteStream {
  if ('getReader' in body) return body;
  // `Readable.toWeb()` throws an uncaught error when data arrives after it was cancelled.
  const chunks = body.on('error', () => {})[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void body.destroy(),
    },
    { highWaterMark: 0 },
  );
}

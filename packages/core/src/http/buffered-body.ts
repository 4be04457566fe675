import type { Readable } from 'node:stream';
import { type ByteStream, webStreamOf } from './web-stream-of.ts';

/** Returns a web stream as a stream of Node. */
export function nodeStreamOf(stream: ByteStream): Readable {
  const { Readable: NodeStream } = process.getBuiltinModule('node:stream');
  // An error reaches the reader of the stream. Without a listener it would also end the process.
  return NodeStream.fromWeb(stream as never).on('error', () => {});
}

/** A body that can be read in advance, up to a bound, and still be passed on whole. */
export class BufferedBody {
  /** Whether all of the body has been read. */
  isComplete = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  #reading: Promise<void> | undefined;

  /** @throws TypeError for a body that is being read. */
  constructor(body: ReadableStream | Readable) {
    this.#reader = webStreamOf(body).getReader();
  }

  /** Reads until the end of the body, or until more than `maxBytes` are buffered. */
  async readUpTo(maxBytes: number): Promise<void> {
    while (!this.isComplete && this.#length <= maxBytes) await this.#read();
  }

  /** The bytes that have been read in advance. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return Buffer.concat(this.#chunks);
  }

  /** Returns the whole body: the buffered bytes, followed by the rest. */
  stream(): ByteStream {
    return new ReadableStream(
      {
        pull: async (controller) => {
          if (this.#chunks.length === 0 && !this.isComplete) await this.#read();
          const chunk = this.#chunks.shift();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
        cancel: (reason) => this.#reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  cancel(reason?: unknown): void {
    this.#reader.cancel(reason).catch(() => {});
  }

  /** Reads one chunk. A reader that was given up has left its read behind, whose chunk must not be lost. */
  #read(): Promise<void> {
    return (this.#reading ??= this.#readChunk().finally(() => (this.#reading = undefined)));
  }

  async #readChunk(): Promise<void> {
    const { done, value } = await this.#reader.read();
    this.isComplete = done;
    if (done) return;
    this.#chunks.push(value);
    this.#length += value.byteLength;
  }
}

import { firstChunk } from '@api-key-fallback/core';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('firstChunk with a ReadableStream', () => {
  function numbers(count: number, cancel = (_reason: unknown): void => {}, failure?: Error): ReadableStream<number> {
    let next = 0;
    return new ReadableStream<number>(
      {
        pull(controller) {
          if (next < count) controller.enqueue(next++);
          else if (failure) controller.error(failure);
          else controller.close();
        },
        cancel,
      },
      { highWaterMark: 0 },
    );
  }

  it('gives back the whole stream, an empty one too', async () => {
    const stream = await firstChunk(numbers(3));
    expect(stream).toBeInstanceOf(ReadableStream);
    await expect(collect(stream)).resolves.toEqual([0, 1, 2]);
    await expect(collect(await firstChunk(numbers(0)))).resolves.toEqual([]);
  });

  it('rejects with the error of the first chunk and passes a later one on', async () => {
    const failure = new Error('refused');
    await expect(firstChunk(numbers(0, undefined, failure))).rejects.toBe(failure);
    const reader = (await firstChunk(numbers(2, undefined, failure))).getReader();
    await expect(reader.read()).resolves.toEqual({ value: 0, done: false });
    await expect(reader.read()).resolves.toEqual({ value: 1, done: false });
    await expect(reader.read()).rejects.toBe(failure);
  });

  it('passes a cancel on once, before and after the first chunk is read', async () => {
    for (const reads of [0, 1]) {
      const cancel = vi.fn<(reason: unknown) => void>();
      const reader = (await firstChunk(numbers(3, cancel))).getReader();
      for (let read = 0; read < reads; read += 1) await reader.read();
      await reader.cancel('enough');
      expect(cancel.mock.calls).toEqual([['enough']]);
    }
  });

  it('reads one chunk ahead and no more', async () => {
    let pulls = 0;
    const stream = new ReadableStream<string>(
      { pull: (controller) => controller.enqueue(`${(pulls += 1)}`) },
      { highWaterMark: 0 },
    );
    const ahead = await firstChunk(stream);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pulls).toBe(1);
    await ahead.cancel();
  });

  it('keeps the bytes of a response body, piped, teed or wrapped in a response again', async () => {
    const body = (): ReadableStream<Uint8Array> => new Blob(['olá, mundo']).stream();
    await expect(new Response(await firstChunk(body())).text()).resolves.toBe('olá, mundo');
    const [left, right] = (await firstChunk(body())).tee();
    await expect(Promise.all([new Response(left).text(), new Response(right).text()])).resolves.toEqual([
      'olá, mundo',
      'olá, mundo',
    ]);
    const decoded = (await firstChunk(body())).pipeThrough(new TextDecoderStream());
    expect((await collect(decoded)).join('')).toBe('olá, mundo');
  });

  it('reads over chunks that do not count and keeps them', async () => {
    const stream = await firstChunk(numbers(4), (chunk) => chunk >= 2);
    await expect(collect(stream)).resolves.toEqual([0, 1, 2, 3]);
  });
});

describe('firstChunk with a stream of Node', () => {
  it('gives back the same stream, for iteration and for pipe()', async () => {
    const iterated = Readable.from(['a', 'b', 'c']);
    await expect(firstChunk(iterated)).resolves.toBe(iterated);
    await expect(collect(iterated)).resolves.toEqual(['a', 'b', 'c']);
    const piped = await firstChunk(Readable.from([Buffer.from('ab'), Buffer.from('cd')], { objectMode: false }));
    await expect(text(piped.pipe(new PassThrough()))).resolves.toBe('abcd');
  });

  it('hands on a single chunk, an empty stream and decoded text', async () => {
    await expect(collect(await firstChunk(Readable.from(['only'])))).resolves.toEqual(['only']);
    await expect(collect(await firstChunk(Readable.from([])))).resolves.toEqual([]);
    const decoded = Readable.from([Buffer.from('olá')], { objectMode: false }).setEncoding('utf8');
    await expect(collect(await firstChunk(decoded))).resolves.toEqual(['olá']);
  });

  it('rejects with the error of the first chunk and passes a later one on', async () => {
    const failure = new Error('refused');
    const refusing = new Readable({ read: () => refusing.destroy(failure) });
    await expect(firstChunk(refusing)).rejects.toBe(failure);

    const breaking = new Readable({ objectMode: true, read: () => {} });
    breaking.push('a');
    const chunks = (await firstChunk(breaking))[Symbol.asyncIterator]();
    await expect(chunks.next()).resolves.toEqual({ value: 'a', done: false });
    breaking.destroy(failure);
    await expect(chunks.next()).rejects.toBe(failure);
  });

  it('reads over chunks that do not count, keeps their order and leaves no listener', async () => {
    const stream = Readable.from(['a', 'b', 'c', 'd']);
    const before = stream.eventNames();
    await firstChunk(stream, (chunk) => chunk === 'c');
    expect(stream.eventNames()).toEqual(before);
    await expect(collect(stream)).resolves.toEqual(['a', 'b', 'c', 'd']);
  });

  it('closes a stream that it is told to refuse', async () => {
    const stream = Readable.from(['a', 'b']);
    const refuse = (): boolean => {
      throw new Error('refused');
    };
    await expect(firstChunk(stream, refuse)).rejects.toThrow('refused');
    expect(stream.destroyed).toBe(true);
  });
});

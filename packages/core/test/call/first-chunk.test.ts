import {
  ApiKeyManager,
  customProvider,
  firstChunk,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { fails, scriptedAdapter, scriptKeys, ScriptedError, type Outcome } from '../scripted-keys.ts';

interface Counting {
  readonly stream: AsyncGenerator<unknown, string, unknown>;
  readonly seen: { asked: number; closed: number };
}

function counting(...chunks: unknown[]): Counting {
  const seen = { asked: 0, closed: 0 };
  async function* count(): AsyncGenerator<unknown, string, unknown> {
    try {
      for (const chunk of chunks) {
        seen.asked += 1;
        if (chunk instanceof Error) throw chunk;
        yield chunk;
      }
      return 'the end';
    } finally {
      seen.closed += 1;
    }
  }
  return { stream: count(), seen };
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('firstChunk with a generator', () => {
  it('asks for one chunk only, gives back the same object and every chunk once', async () => {
    const { stream, seen } = counting('a', 'b', 'c');
    await expect(firstChunk(stream)).resolves.toBe(stream);
    expect(seen.asked).toBe(1);
    await expect(collect(stream)).resolves.toEqual(['a', 'b', 'c']);
    expect(seen).toEqual({ asked: 3, closed: 1 });
  });

  it('begins with the first chunk also for who calls next() on the generator itself', async () => {
    const { stream } = counting('a', 'b');
    await firstChunk(stream);
    await expect(stream.next()).resolves.toEqual({ value: 'a', done: false });
    await expect(collect(stream)).resolves.toEqual(['b']);
  });

  it('keeps the order of chunks that are asked for at once', async () => {
    const { stream } = counting('a', 'b', 'c');
    await firstChunk(stream);
    const steps = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
    expect(steps.map(({ value }) => value)).toEqual(['a', 'b', 'c', 'the end']);
  });

  it('keeps falsy chunks, an empty stream and the value that it returns', async () => {
    const falsy = [undefined, null, 0, '', false];
    await expect(firstChunk(counting(...falsy).stream).then(collect)).resolves.toEqual(falsy);
    const { stream } = counting();
    await firstChunk(stream);
    await expect(stream.next()).resolves.toEqual({ value: 'the end', done: true });
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
  });

  it('rejects with the very error of the first chunk, and leaves later errors to the consumer', async () => {
    const failure = new Error('refused');
    await expect(firstChunk(counting(failure).stream)).rejects.toBe(failure);
    const stream = await firstChunk(counting('a', failure).stream);
    await expect(stream.next()).resolves.toEqual({ value: 'a', done: false });
    await expect(stream.next()).rejects.toBe(failure);
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
  });

  it.each(['return', 'throw'] as const)('closes once when the first thing the consumer does is %s', async (how) => {
    const { stream, seen } = counting('a', 'b');
    await firstChunk(stream);
    const end = await stream[how]('enough').catch((error: unknown) => error);
    expect(end).toEqual(how === 'return' ? { value: 'enough', done: true } : 'enough');
    expect(seen).toEqual({ asked: 1, closed: 1 });
    await expect(collect(stream)).resolves.toEqual([]);
  });

  it('closes once when the consumer breaks off at any chunk', async () => {
    for (const last of ['a', 'b', 'c']) {
      const { stream, seen } = counting('a', 'b', 'c', 'd');
      for await (const chunk of await firstChunk(stream)) if (chunk === last) break;
      expect(seen.closed).toBe(1);
      await expect(collect(stream)).resolves.toEqual([]);
    }
  });

  it('passes on what next(value) sends', async () => {
    async function* echo(): AsyncGenerator<unknown, void, unknown> {
      let heard: unknown = 'nothing';
      for (;;) heard = yield heard;
    }
    const stream = await firstChunk(echo());
    await stream.next();
    await expect(stream.next('hello')).resolves.toEqual({ value: 'hello', done: false });
  });
});

describe('firstChunk with announcements', () => {
  const isContent = (chunk: unknown): boolean => chunk !== 'soon';

  it('reads over them and keeps them', async () => {
    const { stream, seen } = counting('soon', 'soon', 'a', 'b');
    await firstChunk(stream, isContent);
    expect(seen.asked).toBe(3);
    await expect(collect(stream)).resolves.toEqual(['soon', 'soon', 'a', 'b']);
  });

  it('takes an error after them for the failure of the call, and an end for an end', async () => {
    const failure = new Error('refused');
    await expect(firstChunk(counting('soon', failure).stream, isContent)).rejects.toBe(failure);
    await expect(firstChunk(counting('soon').stream, isContent).then(collect)).resolves.toEqual(['soon']);
  });

  it('closes a stream that it is told to refuse', async () => {
    const { stream, seen } = counting('soon', 'a');
    const refuse = (): boolean => {
      throw new Error('refused');
    };
    await expect(firstChunk(stream, refuse)).rejects.toThrow('refused');
    await settle();
    expect(seen).toEqual({ asked: 1, closed: 1 });
  });
});

describe('firstChunk with an iterable object', () => {
  class Words implements AsyncIterable<unknown> {
    readonly controller = new AbortController();
    readonly #words = ['a', 'b'];
    [Symbol.asyncIterator](): AsyncGenerator {
      return counting(...this.#words).stream;
    }
  }

  it('keeps the object, its class and its private fields; a second iteration is what it was', async () => {
    const words = new Words();
    const { controller } = words;
    await expect(firstChunk(words)).resolves.toBe(words);
    expect(words.controller).toBe(controller);
    await expect(collect(words)).resolves.toEqual(['a', 'b']);
    await expect(collect(words)).resolves.toEqual(['a', 'b']);
  });

  it('can be applied twice', async () => {
    const words = await firstChunk(await firstChunk(new Words()));
    await expect(collect(words)).resolves.toEqual(['a', 'b']);
  });

  it('closes an iterator that knows no throw()', async () => {
    const close = vi.fn<() => Promise<IteratorResult<string>>>(async () => ({ done: true, value: undefined }));
    const source: AsyncIterator<string> = { next: async () => ({ done: false, value: 'a' }), return: close };
    const stream = await firstChunk({ [Symbol.asyncIterator]: () => source });
    await expect(stream[Symbol.asyncIterator]().throw?.(new Error('x'))).rejects.toThrow('x');
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('a method that resolves to firstChunk(stream)', () => {
  const provider = customProvider('scripted');
  afterEach(() => registry.unregister(provider));

  const streaming =
    (make: () => AsyncIterable<unknown>): Outcome =>
    () =>
      firstChunk(make());

  it('is tried again and falls over when the first chunk fails; the consumer sees one clean stream', async () => {
    const failure = new ScriptedError(() => ({ kind: 'transient', reason: 'scripted' }));
    const failing = streaming(() => counting(failure).stream);
    const { call, calls } = scriptKeys({ K1: [failing], K2: [streaming(() => counting('a', 'b', 'c').stream)] });
    const stream = (await call({ maxRetries: 2 })) as AsyncIterable<unknown>;
    expect(calls).toEqual(['K1', 'K1', 'K2']);
    await expect(collect(stream)).resolves.toEqual(['a', 'b', 'c']);
  });

  it('is settled by the first chunk', async () => {
    const failure = new ScriptedError(() => ({ kind: 'invalid-key', reason: 'scripted' }));
    const { call, calls, key } = scriptKeys({
      K1: [streaming(() => counting('a', failure).stream)],
      K2: [fails({ kind: 'caller-error', reason: 'scripted' })],
    });
    const stream = (await call()) as AsyncGenerator;
    await stream.next();
    await expect(stream.next()).rejects.toBe(failure);
    expect(calls).toEqual(['K1']);
    expect(key('K1')).toMatchObject({ state: 'healthy', usage: { successes: 1, inUse: 0 } });
  });

  it('closes the stream whose first chunk comes after the attempt has timed out', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    registry.register(new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime }));
    const gate = Promise.withResolvers<void>();
    const closed: string[] = [];

    class Service {
      @retryWithApiKeyFallback({ provider, maxRetries: 1, attemptTimeout: 50 })
      async open(apiKey: ApiKey<typeof provider>): Promise<AsyncGenerator<string>> {
        return firstChunk(this.words(apiKey));
      }

      async *words(apiKey: string): AsyncGenerator<string> {
        try {
          if (apiKey === 'K1') await gate.promise;
          yield apiKey;
        } finally {
          closed.push(apiKey);
        }
      }
    }

    const opening = injectKeys(new Service()).open();
    await runtime.advance(50);
    const stream = await opening;
    gate.resolve();
    await settle();
    expect(closed).toEqual(['K1']);
    await expect(collect(stream)).resolves.toEqual(['K2']);
    expect(runtime.asleep).toBe(0);
  });
});

import {
  ApiKeyManager,
  currentAttempt,
  customProvider,
  firstChunk,
  registry,
  wrapWithFallback,
  type ApiKey,
  type FallbackOptions,
} from '@api-key-fallback/core';
import { getEventListeners } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { FakeRuntime, outcomeNow, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
type Key = ApiKey<typeof provider>;
const end = { value: undefined, done: true };
const never = () => new Promise<never>(() => {});

let runtime: FakeRuntime;
let manager: ApiKeyManager;
let events: ReturnType<typeof recordEvents>;
let sent: string[];
let signals: AbortSignal[];

beforeEach(() => {
  runtime = new FakeRuntime({ stepped: true });
  manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
  events = recordEvents(manager, ['attempt.failed', 'call.fell-over', 'call.aborted', 'call.failed']);
  registry.unregister(manager.provider);
  registry.register(manager);
  sent = [];
  signals = [];
});
afterEach(() => registry.unregister(provider));

/** A method that notes its requests. `first` is how it comes to its first chunk. */
function chatting(first: () => Promise<unknown>, options: FallbackOptions = {}) {
  return wrapWithFallback(
    async function* (key: Key, _signal?: AbortSignal) {
      sent.push(key);
      signals.push(currentAttempt().signal);
      yield await first();
      yield await first();
    },
    { provider, ...options },
  );
}

async function expectNothingLeft(): Promise<void> {
  await runtime.advance(600_000);
  expect(sent).toEqual(['K1']);
  expect(signals[0]?.aborted).toBe(true);
  expect(runtime.asleep).toBe(0);
  expect(events.map(([name]) => name)).not.toContain('attempt.failed');
  expect(manager.status().keys).toMatchObject([
    { state: 'healthy', usage: { attempts: 1, inUse: 0, successes: 0 } },
    { state: 'healthy', usage: { attempts: 0, inUse: 0 } },
  ]);
}

describe('a consumer that leaves before the first chunk', () => {
  it.each([{}, { attemptTimeout: 5000 }, { deadline: 5000, idleTimeout: 100 }])(
    'ends the attempt at once, with %j',
    async (options) => {
      const stream = chatting(never, options)();
      const first = stream.next();
      await settle();
      expect(signals[0]?.aborted).toBe(false);
      await expect(outcomeNow(stream.return(undefined))).resolves.toEqual({ value: end });
      await expect(first).resolves.toEqual(end);
      await expect(stream.next()).resolves.toEqual(end);
      expect(events.map(([name]) => name)).toEqual(['call.aborted']);
      await expectNothingLeft();
    },
  );

  it('gets the value of return() and the error of throw()', async () => {
    const returned = chatting(never)();
    void returned.next();
    await expect(returned.return(Promise.resolve('enough') as never)).resolves.toEqual({ value: 'enough', done: true });
    const thrown = chatting(never)();
    const first = thrown.next();
    await expect(thrown.throw(new Error('mine'))).rejects.toThrow('mine');
    await expect(first).resolves.toEqual(end);
  });

  it('ends the pause before a retry', async () => {
    const stream = chatting(() => Promise.reject(new Error('down')))();
    const first = stream.next();
    await settle();
    expect(runtime.asleep).toBe(1);
    await expect(outcomeNow(stream.return(undefined))).resolves.toEqual({ value: end });
    await expect(first).resolves.toEqual(end);
    await runtime.advance(600_000);
    expect(sent).toEqual(['K1']);
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('ends the wait for a key', async () => {
    manager.markKeyFailed('K1');
    manager.markKeyFailed('K2');
    const stream = chatting(never, { onExhausted: 'wait' })();
    const first = stream.next();
    await settle();
    await expect(outcomeNow(stream.return(undefined))).resolves.toEqual({ value: end });
    await expect(first).resolves.toEqual(end);
    await runtime.advance(100_000);
    expect(sent).toEqual([]);
    expect(runtime.asleep).toBe(0);
  });

  it('closes a stream whose first chunk has just come', async () => {
    const started: unknown[] = [];
    const closed: unknown[] = [];
    const open = wrapWithFallback(
      async function* (key: Key) {
        started.push(key);
        try {
          yield 1;
        } finally {
          closed.push(key);
        }
      },
      { provider },
    );
    // The first chunk passes some promises on its way to the consumer; the consumer leaves at each of them.
    for (let turns = 0; turns < 20; turns++) {
      const stream = open();
      const first = stream.next();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await stream.return(undefined);
      await first;
      await settle();
      expect(closed).toEqual(started);
      expect(manager.status().keys[0]?.usage).toMatchObject({ inUse: 0, successes: 0 });
    }
    expect(started.length).toBeGreaterThan(10);
  });

  it('starts no method any more', async () => {
    const stream = chatting(never)();
    const first = stream.next();
    await stream.return(undefined);
    await expect(first).resolves.toEqual(end);
    await settle();
    expect(sent).toEqual([]);
  });

  it('leaves no listener on the signal of the caller', async () => {
    const controller = new AbortController();
    const stream = chatting(never)(controller.signal);
    void stream.next();
    await settle();
    await stream.return(undefined);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('may have closed a pipe', async () => {
    const readable = Readable.from(chatting(never)());
    const target = new PassThrough();
    const piped = pipeline(readable, target);
    piped.catch(() => {});
    await settle();
    target.destroy();
    await expect(piped).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    await settle();
    expect(readable.destroyed).toBe(true);
    await expectNothingLeft();
  });

  it('may have cancelled a web stream', async () => {
    const from = (ReadableStream as unknown as { from(source: AsyncIterable<unknown>): ReadableStream }).from;
    const reader = from(chatting(never)()).getReader();
    void reader.read();
    await settle();
    await reader.cancel();
    await expectNothingLeft();
  });
});

describe('a consumer that leaves while it waits for a later chunk', () => {
  it('ends the attempt at once', async () => {
    const chunks = [Promise.resolve('a'), never()];
    const stream = chatting(() => chunks.shift() ?? never())();
    await stream.next();
    const second = stream.next();
    await settle();
    await expect(outcomeNow(stream.return(undefined))).resolves.toEqual({ value: end });
    await expect(second).resolves.toEqual(end);
    await expectNothingLeft();
  });

  it('lets the method clean up when it waits for nothing', async () => {
    const stream = chatting(() => Promise.resolve('a'))();
    await stream.next();
    await stream.return(undefined);
    expect(signals[0]?.aborted).toBe(false);
    expect(manager.status().keys[0]?.usage.inUse).toBe(0);
  });
});

describe('a caller that aborts while firstChunk waits', () => {
  it('closes the stream at once, and nothing more is sent', async () => {
    const controller = new AbortController();
    let closes = 0;
    const open = wrapWithFallback(
      async (key: Key, _signal: AbortSignal) => {
        sent.push(key);
        signals.push(currentAttempt().signal);
        const source = {
          next: never,
          return: async () => {
            closes++;
            return end as IteratorResult<string>;
          },
        };
        return firstChunk({ [Symbol.asyncIterator]: () => source as AsyncIterator<string> });
      },
      { provider },
    );
    const opening = open(controller.signal);
    await settle();
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    expect(closes).toBe(1);
    await expectNothingLeft();
  });
});

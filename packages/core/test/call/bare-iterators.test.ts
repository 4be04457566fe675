import { ApiKeyManager, customProvider, firstChunk, registry, wrapWithFallback } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
let runtime: FakeRuntime;
let manager: ApiKeyManager;
let controller: AbortController;

beforeEach(() => {
  runtime = new FakeRuntime({ stepped: true });
  manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
  registry.unregister(manager.provider);
  registry.register(manager);
  controller = new AbortController();
});
afterEach(() => registry.unregister(provider));

const refuse = (): never => {
  throw new Error('no cleaning up');
};

/** What tracing libraries put in the place of a generator method's stream. `return` and `throw` are optional in the protocol. */
const endings: Readonly<Record<string, object>> = {
  'without return() and throw()': {},
  'whose return() and throw() throw at once': { return: refuse, throw: refuse },
  'whose return() and throw() are no functions': { return: 5, throw: null },
};

function iterator(ending: object, next: (chunk: number) => unknown): AsyncIterator<number> {
  let chunk = 0;
  return { next: async () => ({ value: await next(chunk++), done: false }), ...ending } as AsyncIterator<number>;
}

/** Calls a generator method whose streams are such iterators. */
function open(ending: object, next: (chunk: number) => unknown = (chunk) => chunk): AsyncGenerator<number> {
  const method = (_key: string, _signal: AbortSignal) => iterator(ending, next);
  Object.setPrototypeOf(method, Object.getPrototypeOf(async function* () {}) as object);
  const call = wrapWithFallback(method as never, { provider, idleTimeout: 50 } as never) as unknown;
  return (call as (signal: AbortSignal) => AsyncGenerator<number>)(controller.signal);
}

const inUse = () => manager.status().keys.map(({ usage }) => usage.inUse);
const never = () => new Promise<never>(() => {});
/** Sends one chunk, then hangs. */
const stalling = (chunk: number) => (chunk === 0 ? chunk : never());

describe.each(Object.entries(endings))('a stream of an iterator %s', (what, ending) => {
  const isRefusing = what.includes('at once');

  it('ends with return()', async () => {
    const stream = open(ending);
    await stream.next();
    const returned = await stream.return('left').catch((error: Error) => error.message);
    expect(returned).toEqual(isRefusing ? 'no cleaning up' : { value: 'left', done: true });
    expect(inUse()).toEqual([0, 0]);
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
  });

  it('rejects with the error of throw()', async () => {
    const stream = open(ending);
    await stream.next();
    await expect(stream.throw(new Error('mine'))).rejects.toThrow(isRefusing ? 'no cleaning up' : 'mine');
    expect(inUse()).toEqual([0, 0]);
  });

  it('ends when its consumer leaves while it waits', async () => {
    const stream = open(ending, stalling);
    await stream.next();
    const second = stream.next();
    await expect(stream.return('left')).resolves.toEqual({ value: 'left', done: true });
    await expect(second).resolves.toEqual({ value: undefined, done: true });
    expect(inUse()).toEqual([0, 0]);
  });

  it('ends by its idle timeout and by the caller’s abort', async () => {
    for (const end of [() => runtime.advance(50), async () => controller.abort(new Error('enough'))]) {
      const stream = open(ending, stalling);
      await stream.next();
      const second = stream.next();
      second.catch(() => {});
      await end();
      await expect(second).rejects.toThrow(/50 ms|enough/);
      expect(inUse()).toEqual([0, 0]);
    }
  });

  it('falls over with the error of its first chunk', async () => {
    let calls = 0;
    const stream = open(ending, () => (calls++ < 3 ? Promise.reject(new Error('down')) : 'served'));
    const first = stream.next();
    await runtime.advance(10_000);
    await expect(first).resolves.toEqual({ value: 'served', done: false });
  });
});

it('throw() closes an iterator that has return() only', async () => {
  let closed = 0;
  const close = async () => ({ value: closed++, done: true });
  const stream = open({ return: close });
  await stream.next();
  await expect(stream.throw(new Error('mine'))).rejects.toThrow('mine');
  expect(closed).toBe(1);
});

describe.each(Object.entries(endings))('firstChunk() of an iterator %s', (_what, ending) => {
  it('rejects with the error of the stream', async () => {
    const source = iterator(ending, () => Promise.reject(new Error('down')));
    await expect(firstChunk({ [Symbol.asyncIterator]: () => source })).rejects.toThrow('down');
    await settle();
  });
});

it('firstChunk() rejects with the error of the stream if its return() is not async', async () => {
  const source = iterator({ return: () => ({ done: true }) }, () => Promise.reject(new Error('down')));
  await expect(firstChunk({ [Symbol.asyncIterator]: () => source })).rejects.toThrow('down');
});

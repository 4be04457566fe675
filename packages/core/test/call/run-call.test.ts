import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import {
  AllKeysFailedError,
  ApiKeyManager,
  customProvider,
  INJECTED,
  registry,
  retryWithApiKeyFallback,
} from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { ok, returns, rateLimited, scriptedAdapter, scriptKeys, transient, throws } from '../scripted-keys.ts';

afterEach(() => vi.restoreAllMocks());

describe('the loop', () => {
  it('calls the first key once and resolves with its value', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [ok], K2: [ok] });
    await expect(call()).resolves.toBe('K1');
    expect(calls).toEqual(['K1']);
    expect(sleeps).toEqual([]);
  });

  it('makes no timer, controller, race or error when the first attempt succeeds', async () => {
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });
    const made: string[] = [];
    const watched = (name: string, constructor: object) =>
      new Proxy(constructor, {
        construct(target, args, newTarget) {
          made.push(name);
          return Reflect.construct(target as new () => object, args, newTarget) as object;
        },
      });
    vi.stubGlobal('Error', watched('Error', Error));
    vi.stubGlobal('AbortController', watched('AbortController', AbortController));
    const timer = vi.spyOn(globalThis, 'setTimeout');
    const race = vi.spyOn(Promise, 'race');
    const value = await manager.retryWithFallback(async () => 'value').finally(() => vi.unstubAllGlobals());
    expect(value).toBe('value');
    expect(made).toEqual([]);
    expect(timer).not.toHaveBeenCalled();
    expect(race).not.toHaveBeenCalled();
  });

  it('tries the same key again after the delay until it succeeds', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [transient, transient, ok] });
    await expect(call({ delay: 10 })).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K1', 'K1']);
    expect(sleeps).toEqual([10, 10]);
  });

  it('makes exactly maxRetries attempts on the only key, with a pause between two of them', async () => {
    const five = scriptKeys({ K1: [transient] });
    await expect(five.call({ maxRetries: 5 })).rejects.toThrow(AllKeysFailedError);
    expect(five.calls).toHaveLength(5);
    expect(five.sleeps).toEqual([100, 100, 100, 100]);

    const one = scriptKeys({ K1: [transient] });
    await expect(one.call({ maxRetries: 1 })).rejects.toThrow(AllKeysFailedError);
    expect(one.calls).toHaveLength(1);
    expect(one.sleeps).toEqual([]);
  });

  it('makes 3 attempts with 1000 ms between them when no option is given', async () => {
    const { manager, sleeps } = scriptKeys({ K1: [transient] });
    let attempts = 0;
    const call = manager.retryWithFallback(() => {
      attempts++;
      throw new Error('down');
    });
    await expect(call).rejects.toThrow(AllKeysFailedError);
    expect(attempts).toBe(3);
    expect(sleeps).toEqual([1000, 1000]);
  });

  it('does not pause before another key', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [transient], K2: [transient] });
    await expect(call({ maxRetries: 1 })).rejects.toThrow(AllKeysFailedError);
    expect(calls).toEqual(['K1', 'K2']);
    expect(sleeps).toEqual([]);
  });

  it('does not pause after the last failure', async () => {
    const { call, calls, sleeps, runtime } = scriptKeys({ K1: [transient], K2: [transient], K3: [transient] });
    await expect(call({ maxRetries: 2, delay: 10 })).rejects.toThrow(AllKeysFailedError);
    expect(calls).toEqual(['K1', 'K1', 'K2', 'K2', 'K3', 'K3']);
    expect(sleeps).toEqual([10, 10, 10]);
    expect(runtime.now()).toBe(30);
  });

  it('takes the next key when all attempts on one are used, and suspects the first', async () => {
    const { call, calls, sleeps, runtime, key } = scriptKeys({ K1: [transient], K2: [ok] });
    await expect(call()).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K1', 'K1', 'K2']);
    expect(sleeps).toEqual([100, 100]);
    expect(runtime.now()).toBe(200);
    expect(key('K1').state).toBe('suspect');
    expect(key('K2').state).toBe('healthy');
  });

  it('comes back to a key that is available again within one pause, when no other key is left', async () => {
    const { call, calls, sleeps } = scriptKeys({ K1: [rateLimited(10), ok], K2: [transient] });
    await expect(call({ maxRetries: 2, delay: 5 })).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
    // The pause before the retry on K2, the wait for K1, and the turn of the event loop before a key is asked again.
    expect(sleeps).toEqual([5, 5, 0]);
  });

  it('uses a key that is back later once in a call, and never more often than maxRetries', async () => {
    const late = scriptKeys({ K1: [rateLimited(100)], K2: [transient] });
    await expect(late.call({ maxRetries: 2, delay: 5 })).rejects.toThrow(AllKeysFailedError);
    expect(late.calls).toEqual(['K1', 'K2', 'K2']);
    const often = scriptKeys({ K1: [rateLimited(10)], K2: [transient] });
    await expect(often.call({ maxRetries: 2, delay: 5 })).rejects.toThrow(AllKeysFailedError);
    expect(often.calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('asks before every attempt whether the key may still be used', async () => {
    const { call, calls, runtime, manager } = scriptKeys({ K1: [transient], K2: [ok] }, { stepped: true });
    const running = call();
    await runtime.advance(50);
    manager.disable('K1');
    await runtime.advance(50);
    await expect(running).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2']);
  });
});

describe('what the function gives', () => {
  it.each([undefined, null, 0, '', false])('hands %s out as it is, after one call', async (value) => {
    const later = scriptKeys({ K1: [returns(value)] });
    await expect(later.call()).resolves.toBe(value);
    expect(later.calls).toEqual(['K1']);
    await expect(later.manager.retryWithFallback(() => value)).resolves.toBe(value);
  });

  it('makes a promise of a value that comes at once', async () => {
    const { manager } = scriptKeys({ K1: [ok] });
    const call = manager.retryWithFallback(() => 5);
    expect(call).toBeInstanceOf(Promise);
    await expect(call).resolves.toBe(5);
  });

  it('adopts a thenable', async () => {
    const { manager } = scriptKeys({ K1: [ok] });
    const thenable = runInNewContext('Promise.resolve(7)') as PromiseLike<number>;
    expect(thenable).not.toBeInstanceOf(Promise);
    await expect(manager.retryWithFallback(() => thenable)).resolves.toBe(7);
  });

  it('treats a synchronous throw like a rejection', async () => {
    const { manager } = scriptKeys({ K1: [ok] });
    let attempts = 0;
    const call = manager.retryWithFallback(
      () => {
        attempts++;
        throw new Error('x');
      },
      { maxRetries: 2 },
    );
    await expect(call).rejects.toThrow(AllKeysFailedError);
    expect(attempts).toBe(2);
  });

  it.each(['s', null, undefined, 0, { code: 1 }])(
    'retries when %j is thrown and gives it as the cause',
    async (value) => {
      const unhandled = vi.fn<() => void>();
      process.on('unhandledRejection', unhandled);
      const { call, calls } = scriptKeys({ K1: [throws(value)] });
      const failure = (await call({ maxRetries: 2 }).catch((error: unknown) => error)) as AllKeysFailedError;
      await nextTurn();
      process.off('unhandledRejection', unhandled);
      expect(calls).toEqual(['K1', 'K1']);
      expect(failure).toBeInstanceOf(AllKeysFailedError);
      expect('cause' in failure).toBe(true);
      expect(failure.cause).toBe(value);
      expect(unhandled).not.toHaveBeenCalled();
    },
  );

  it('passes the same arguments after the key on every attempt and every key', async () => {
    const provider = customProvider('arguments');
    const runtime = new FakeRuntime();
    registry.register(
      new ApiKeyManager({ ...scriptedAdapter, name: provider }, ['K1', 'K2'], { logger: false, runtime }),
    );
    const received: unknown[][] = [];
    class Service {
      @retryWithApiKeyFallback({ provider, maxRetries: 2 })
      async run(_apiKey: string, ..._rest: unknown[]): Promise<void> {
        received.push([...arguments]);
        throw new Error('down');
      }
    }
    const shared = { list: [1] };
    await expect(new Service().run(INJECTED, shared, undefined, 'text', undefined)).rejects.toThrow(AllKeysFailedError);
    registry.unregister(provider);
    expect(received.map(([key]) => key)).toEqual(['K1', 'K1', 'K2', 'K2']);
    for (const [, ...rest] of received) {
      expect(rest).toEqual([shared, undefined, 'text', undefined]);
      expect(rest[0]).toBe(shared);
    }
  });
});

import {
  ApiKeyManager,
  customProvider,
  registry,
  wrapWithFallback,
  type ApiKey,
  type FallbackOptions,
  type Runtime,
} from '@api-key-fallback/core';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime, outcomeNow, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
type Key = ApiKey<typeof provider>;

let runtime: FakeRuntime;
let timers: number[];
let signal: AbortSignal;
let controller: AbortController;

beforeEach(() => {
  runtime = new FakeRuntime({ stepped: true });
  timers = [];
  const counting: Runtime = {
    now: runtime.now,
    sleep: runtime.sleep,
    random: runtime.random,
    timer(ms, fire) {
      timers.push(ms);
      return runtime.timer(ms, fire);
    },
  };
  registry.unregister(scriptedAdapter.name);
  registry.register(new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime: counting }));
  controller = new AbortController();
  ({ signal } = controller);
});
afterEach(() => {
  vi.useRealTimers();
  registry.unregister(provider);
});

/** A method whose chunks come after these pauses. */
function pausing(options: FallbackOptions) {
  return wrapWithFallback(
    async function* (_key: Key, pauses: Iterable<number>, _signal: AbortSignal) {
      for (const pause of pauses) {
        if (pause > 0) await runtime.pass(pause);
        yield pause;
      }
    },
    { provider, ...options },
  );
}

describe('a long stream with a signal and an idle timeout', () => {
  it('keeps one listener and one timer', async () => {
    const add = vi.spyOn(signal, 'addEventListener');
    const stream = pausing({ idleTimeout: 1000 })(
      Array.from({ length: 1000 }, () => 0),
      signal,
    );
    let chunks = 0;
    for await (const _ of stream) {
      chunks++;
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      expect(runtime.asleep).toBeLessThanOrEqual(1);
    }
    expect(chunks).toBe(1000);
    expect(add).toHaveBeenCalledTimes(1);
    expect(timers).toEqual([1000]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(runtime.asleep).toBe(0);
  });

  it('starts a timer once per idle time at most', async () => {
    const stream = pausing({ idleTimeout: 1000 })(
      Array.from({ length: 100 }, () => 100),
      signal,
    );
    const reading = (async () => {
      let chunks = 0;
      for await (const _ of stream) chunks++;
      return chunks;
    })();
    await runtime.advance(20_000);
    await expect(reading).resolves.toBe(100);
    expect(timers.length).toBeLessThanOrEqual(12);
    expect(runtime.asleep).toBe(0);
  });
});

describe('the idle timeout', () => {
  it.each([1, 50, 99])('runs from the last chunk on, to the millisecond, when that came after %d ms', async (pause) => {
    const stream = pausing({ idleTimeout: 100 })([0, pause, 0, 500], signal);
    await stream.next();
    const second = stream.next();
    await runtime.advance(pause);
    await second;
    await stream.next();
    const last = stream.next();
    await runtime.advance(99);
    await expect(outcomeNow(last)).resolves.toBe('pending');
    await runtime.advance(1);
    await expect(last).rejects.toMatchObject({ name: 'TimeoutError' });
    // What is left is the pause of the method itself.
    expect(runtime.asleep).toBe(1);
  });

  it('ends a stream whose chunk comes as it ends', async () => {
    const stream = pausing({ idleTimeout: 100 })([0, 101], signal);
    await stream.next();
    const second = stream.next();
    second.catch(() => {});
    await runtime.advance(100);
    await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('does not count the time that the consumer takes', async () => {
    const stream = pausing({ idleTimeout: 100 })([0, 0, 90, 0], signal);
    await stream.next();
    await stream.next();
    await runtime.advance(10_000);
    const third = stream.next();
    await runtime.advance(95);
    await expect(third).resolves.toEqual({ value: 90, done: false });
    await stream.return(undefined);
    expect(runtime.asleep).toBe(0);
  });

  it('ends the first of the requests that wait, and the stream', async () => {
    const stream = pausing({ idleTimeout: 100 })([0, 500], signal);
    await stream.next();
    const steps = Promise.allSettled([stream.next(), stream.next()]);
    await runtime.advance(100);
    await expect(steps).resolves.toMatchObject([{ reason: { name: 'TimeoutError' } }, { value: { done: true } }]);
  });

  it('works with fake timers that leave the clock alone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    registry.unregister(scriptedAdapter.name);
    registry.register(new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false }));
    const gates = [Promise.resolve(), Promise.resolve(), new Promise<never>(() => {})];
    const stream = wrapWithFallback(
      async function* (_key: Key) {
        for (const gate of gates) {
          await gate;
          yield 1;
        }
      },
      { provider, idleTimeout: 100 },
    )();
    await stream.next();
    await stream.next();
    const third = stream.next();
    third.catch(() => {});
    await vi.advanceTimersByTimeAsync(200);
    await expect(third).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an abort', () => {
  it('rejects the first of the requests that wait, and ends the stream', async () => {
    const stream = pausing({})([0, 500], signal);
    await stream.next();
    const steps = Promise.allSettled([stream.next(), stream.next()]);
    await settle();
    controller.abort(new Error('enough'));
    await expect(steps).resolves.toMatchObject([{ reason: { message: 'enough' } }, { value: { done: true } }]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

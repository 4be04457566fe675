import { AllKeysFailedError, currentAttempt, customProvider, registry, wrapWithFallback } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { ok, rateLimited, scriptKeys, transient, type ScriptedKeys } from '../scripted-keys.ts';
import { callTimes, limited, rejection } from './limited-keys.ts';

const minuteMs = 60_000;
const count = ({ calls }: ScriptedKeys, key: string) => calls.filter((used) => used === key).length;

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('requestsPerMinute', () => {
  it('lets calls take the next key with room, without a pause or a mark', async () => {
    const keys = limited({ requestsPerMinute: 3 });
    await callTimes(keys, 6);
    expect([count(keys, 'K1'), count(keys, 'K2'), keys.sleeps]).toEqual([3, 3, []]);
    expect(keys.manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('ends a call with no room left by "limited", with the exact wait, and sends nothing', async () => {
    const keys = limited({ requestsPerMinute: 1 });
    keys.runtime.set(500);
    await callTimes(keys, 2);
    keys.runtime.set(20_000);
    const error = await rejection(keys.call());
    expect(error).toBeInstanceOf(AllKeysFailedError);
    expect(error).toMatchObject({ reason: 'limited', attempts: [], retryAfterMs: 41_000 });
    expect(keys.calls).toHaveLength(2);
    keys.runtime.set(60_999);
    await expect(keys.call({ delay: 0 })).rejects.toThrow('No key of Scripted is available (limited).');
    keys.runtime.set(61_000);
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('waits within the delay, or with onExhausted: "wait" until there is room', async () => {
    const keys = limited({ requestsPerMinute: 1 }, ['K1']);
    await keys.call();
    await expect(keys.call({ onExhausted: 'wait', maxWait: 2 * minuteMs })).resolves.toBe('K1');
    expect(keys.runtime.now()).toBe(61_000);
    keys.runtime.set(121_200);
    await expect(keys.call({ delay: 1000 })).resolves.toBe('K1');
    expect(keys.runtime.now()).toBe(122_000);
  });

  it('counts retries, and keeps the attempts left on a key that is full', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [ok] }, { limits: { requestsPerMinute: 2 } });
    await keys.call({ maxRetries: 3, delay: 10 });
    expect(keys.calls).toEqual(['K1', 'K1', 'K2']);
  });

  it('never lets more begin in 60 s than the limit, and no fewer, whatever the concurrency', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const { manager } = limited({ requestsPerMinute: 5 }, ['K1', 'K2'], { runtime });
    const begun: { readonly key: string; readonly atMs: number }[] = [];
    const call = () =>
      manager.retryWithFallback(
        async (apiKey: string) => {
          begun.push({ key: apiKey, atMs: runtime.now() });
          await Promise.resolve();
        },
        { onExhausted: 'wait', maxWait: 10 * minuteMs },
      );
    const calls = Promise.all(Array.from({ length: 40 }, call));
    await runtime.advance(183_000);
    await calls;
    for (const { key, atMs } of begun) {
      const inMinute = begun.filter((other) => other.key === key && other.atMs <= atMs && other.atMs > atMs - minuteMs);
      expect(inMinute.length).toBeLessThanOrEqual(5);
    }
  });
});

describe('concurrency', () => {
  it('lets the next call begin when one ends, first come, first served', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ concurrency: 1 }, ['K1'], { runtime });
    const ended: number[] = [];
    let most = 0;
    let running = 0;
    const call = (number: number) =>
      keys.manager.retryWithFallback(
        async () => {
          most = Math.max(most, ++running);
          await runtime.pass(100);
          running--;
          ended.push(number);
        },
        { onExhausted: 'wait' },
      );
    const calls = Promise.all(Array.from({ length: 6 }, (_, number) => call(number)));
    await runtime.advance(600);
    await calls;
    expect([most, ended]).toEqual([1, [0, 1, 2, 3, 4, 5]]);
  });

  it('lets a call that does not wait have the pauses of its retries', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ concurrency: 1 }, ['K1'], { runtime });
    const long = keys.manager.retryWithFallback(() => runtime.pass(2500));
    const short = keys.manager.retryWithFallback(async (apiKey) => apiKey);
    const tooShort = rejection(
      keys.manager.retryWithFallback(async (apiKey) => apiKey, { maxRetries: 1, delay: 1000 }),
    );
    await runtime.advance(5000);
    await long;
    await expect(short).resolves.toBe('K1');
    expect(await tooShort).toMatchObject({ reason: 'limited' });
  });

  it('gives the place of an aborted call to the next one', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ concurrency: 1 }, ['K1'], { runtime });
    const stop = new AbortController();
    const first = rejection(keys.manager.retryWithFallback(() => new Promise(() => {}), { signal: stop.signal }));
    const left = new AbortController();
    const second = rejection(keys.call({ onExhausted: 'wait', signal: left.signal }));
    const third = keys.call({ onExhausted: 'wait' });
    await runtime.advance(10);
    left.abort(new Error('second has left'));
    stop.abort(new Error('first has left'));
    await runtime.advance(10);
    await expect(third).resolves.toBe('K1');
    expect([String(await first), String(await second)]).toEqual(['Error: first has left', 'Error: second has left']);
    expect(keys.manager.status().keys[0]?.limits).toEqual([
      { name: 'concurrency', source: 'configured', limit: 1, used: 0 },
    ]);
  });

  it('counts a stream until its end', async () => {
    const provider = customProvider('scripted');
    const keys = limited({ concurrency: 1 });
    registry.register(keys.manager, { replace: true });
    const read = wrapWithFallback(
      async function* read(apiKey: string) {
        yield apiKey;
        yield apiKey;
      },
      { provider },
    );
    const [first, second] = [read(), read()];
    expect([(await first.next()).value, (await second.next()).value]).toEqual(['K1', 'K2']);
    await first.return(undefined);
    expect((await read().next()).value).toBe('K1');
    registry.unregister('scripted');
  });
});

describe('tokensPerMinute', () => {
  it('reserves what the call estimates, and counts what it has really taken', async () => {
    const keys = limited({ tokensPerMinute: 1000 });
    const call = (tokens: number, spent?: number) =>
      keys.manager.retryWithFallback(
        async (apiKey) => {
          if (spent !== undefined) currentAttempt().spent({ tokens: spent });
          return apiKey;
        },
        { cost: { tokens } },
      );
    await expect(call(800)).resolves.toBe('K1');
    await expect(call(300)).resolves.toBe('K2');
    await expect(call(200, 10)).resolves.toBe('K1');
    expect(keys.manager.status().keys[0]?.limits).toMatchObject([{ name: 'tokensPerMinute', used: 810, limit: 1000 }]);
    await expect(call(0, 500)).resolves.toBe('K1');
    await expect(call(0)).resolves.toBe('K2');
  });

  it('lets a call that is larger than the limit have an empty key', async () => {
    const keys = limited({ tokensPerMinute: 100 });
    await expect(keys.call({ cost: { tokens: 500 } })).resolves.toBe('K1');
    await expect(keys.call({ cost: { tokens: 500 } })).resolves.toBe('K2');
    expect(await rejection(keys.call({ cost: { tokens: 1 } }))).toMatchObject({ reason: 'limited' });
  });

  it('gives back the tokens of a refused request, and not its request', async () => {
    const keys = scriptKeys(
      { K1: [rateLimited(1000)], K2: [ok] },
      { limits: { tokensPerMinute: 100, requestsPerMinute: 9 } },
    );
    await keys.call({ maxRetries: 1, cost: { tokens: 60 } });
    expect(keys.manager.status().keys[0]?.limits).toMatchObject([{ used: 0 }, { used: 1 }]);
  });

  it('takes the cost of each call from a function of its arguments', async () => {
    const keys = limited({ tokensPerMinute: 10 });
    registry.register(keys.manager, { replace: true });
    const ask = wrapWithFallback(async (apiKey, _prompt: string) => apiKey as string, {
      provider: customProvider('scripted'),
      cost: ({ args: [prompt] }) => ({ tokens: prompt.length }),
    });
    await expect(ask('12345678')).resolves.toBe('K1');
    await expect(ask('123')).resolves.toBe('K2');
    await expect(ask('12')).resolves.toBe('K1');
    registry.unregister('scripted');
  });
});

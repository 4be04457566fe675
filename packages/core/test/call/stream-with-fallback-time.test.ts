import {
  ApiKeyManager,
  customProvider,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const stepped = { stepped: true };

describe('a stream', () => {
  const provider = customProvider('scripted');
  class Service {
    readonly cleaned: string[] = [];

    @retryWithApiKeyFallback({ provider, attemptTimeout: 100, idleTimeout: 50, maxRetries: 1 })
    async *chunks(
      key: ApiKey<typeof provider>,
      pauses: Readonly<Record<string, number[]>>,
      _signal?: AbortSignal,
    ): AsyncGenerator<string> {
      try {
        for (const pause of pauses[key] ?? []) {
          await runtime.pass(pause);
          yield key;
        }
      } finally {
        this.cleaned.push(key);
      }
    }
  }
  let runtime: FakeRuntime;

  function open(): { service: Service; manager: ApiKeyManager } {
    runtime = new FakeRuntime(stepped);
    const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
    registry.unregister(manager.provider);
    registry.register(manager);
    return { service: new Service(), manager };
  }

  it('that stalls before its first chunk falls over', async () => {
    const { service, manager } = open();
    const first = injectKeys(service)
      .chunks({ K1: [1000], K2: [10] })
      .next();
    await runtime.advance(110);
    await expect(first).resolves.toEqual({ value: 'K2', done: false });
    expect(manager.status().keys[0]?.state).toBe('suspect');
  });

  it('leaves no timer behind when its caller aborts', async () => {
    const { service } = open();
    const controller = new AbortController();
    const stream = injectKeys(service).chunks({ K1: [10, 1000] }, controller.signal);
    const first = stream.next();
    await runtime.advance(10);
    await first;
    const second = stream.next();
    second.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    // What is left is the pause of the method itself.
    expect(runtime.asleep).toBe(1);
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
  });

  it('ends when its idle time passes before the method returns a promise for the chunk', async () => {
    runtime = new FakeRuntime();
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime });
    registry.unregister(provider);
    registry.register(manager);
    const stream = injectKeys(new Service()).chunks({ K1: [0, 50, 0] });
    await expect(stream.next()).resolves.toEqual({ value: 'K1', done: false });
    await expect(stream.next()).rejects.toThrow('The stream sent nothing for 50 ms.');
    expect(manager.status().keys[0]?.usage.inUse).toBe(0);
  });

  it('keeps the order of chunks that are asked for at once', async () => {
    const { service } = open();
    const stream = injectKeys(service).chunks({ K1: [0, 0, 0] });
    const seen: unknown[] = [];
    const [first, second] = [stream.next(), stream.next()];
    const third = first.then(() => stream.next());
    for (const [name, step] of Object.entries({ first, second, third })) void step.then(() => seen.push(name));
    await runtime.advance(1);
    expect(seen).toEqual(['first', 'second', 'third']);
  });

  it('that stalls later is ended, and not repeated', async () => {
    const { service, manager } = open();
    const stream = injectKeys(service).chunks({ K1: [10, 60] });
    const first = stream.next();
    await runtime.advance(10);
    await expect(first).resolves.toEqual({ value: 'K1', done: false });
    const second = stream.next();
    second.catch(() => {});
    await runtime.advance(50);
    await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(manager.status().keys[0]).toMatchObject({
      state: 'suspect',
      usage: { inUse: 0, failures: { transient: 1 } },
    });
    await runtime.advance(10);
    expect(service.cleaned).toEqual(['K1']);
  });

  it('may take longer than the attempt timeout once it has begun', async () => {
    const { service, manager } = open();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of injectKeys(service).chunks({ K1: [10, 40, 40, 40] })) seen.push(chunk);
    })();
    await runtime.advance(200);
    await reading;
    expect(seen).toEqual(['K1', 'K1', 'K1', 'K1']);
    expect(manager.status().keys[0]?.usage).toMatchObject({ successes: 1, inUse: 0 });
    expect(runtime.asleep).toBe(0);
  });
});

import {
  ApiKeyManager,
  customProvider,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcomeNow, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');

class Service {
  readonly cleaned: string[] = [];

  @retryWithApiKeyFallback({ provider })
  async *count(key: ApiKey<typeof provider>, gates: Promise<void>[], _signal: AbortSignal): AsyncGenerator<number> {
    try {
      for (const [index, gate] of gates.entries()) {
        await gate;
        yield index;
      }
    } finally {
      this.cleaned.push(key);
    }
  }
}

describe('a stream whose caller aborts', () => {
  let manager: ApiKeyManager;
  beforeEach(() => {
    manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false });
    registry.register(manager);
  });
  afterEach(() => registry.unregister(provider));

  it('rejects at once before the first chunk, and the method cleans up', async () => {
    const service = new Service();
    const gate = Promise.withResolvers<void>();
    const controller = new AbortController();
    const first = injectKeys(service).count([gate.promise], controller.signal).next();
    first.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    gate.resolve();
    await settle();
    expect(service.cleaned).toEqual(['K1']);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0, successes: 0 } });
  });

  it('rejects at once between two chunks, and the method cleans up', async () => {
    const service = new Service();
    const gate = Promise.withResolvers<void>();
    const controller = new AbortController();
    const stream = injectKeys(service).count([Promise.resolve(), gate.promise], controller.signal);
    await expect(stream.next()).resolves.toEqual({ value: 0, done: false });
    const second = stream.next();
    second.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    gate.resolve();
    await settle();
    expect(service.cleaned).toEqual(['K1']);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0, successes: 0 } });
  });

  it('rejects at once when the method itself aborts while it is asked for a chunk', async () => {
    const controller = new AbortController();
    const chunks = wrapWithFallback(
      async function* (_key: ApiKey<typeof provider>, _signal: AbortSignal): AsyncGenerator<number> {
        yield 0;
        controller.abort(new Error('enough'));
        await new Promise(() => {});
      },
      { provider },
    );
    const stream = chunks(controller.signal);
    await expect(stream.next()).resolves.toEqual({ value: 0, done: false });
    await expect(outcomeNow(stream.next())).resolves.toMatchObject({ error: { message: 'enough' } });
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0, successes: 0 } });
  });
});

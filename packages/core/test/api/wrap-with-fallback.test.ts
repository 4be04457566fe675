import {
  ApiKeyManager,
  callWithFallback,
  customProvider,
  registry,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { fails, scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
const revoked = () => fails({ kind: 'invalid-key', reason: 'scripted' })('', runtime);
let runtime: FakeRuntime;
let manager: ApiKeyManager;

beforeEach(() => {
  runtime = new FakeRuntime();
  const adapter = { ...scriptedAdapter, createClient: (secret: string) => ({ name: `client of ${secret}` }) };
  manager = new ApiKeyManager(adapter, ['K1', 'K2'], { logger: false, runtime });
  registry.unregister(manager.provider);
  registry.register(manager);
});
afterEach(() => {
  registry.unregister(provider);
  vi.restoreAllMocks();
});

describe('wrapWithFallback', () => {
  it('refuses a key as the first argument also after it has left the list', async () => {
    const ask = wrapWithFallback(async (_key: ApiKey<typeof provider>, prompt: string) => prompt, { provider });
    manager.setKeys(['K3']);
    await expect(ask('K1')).rejects.toThrow('received a key or client of "scripted" as its first argument');
  });

  it('injects the key and hides it from callers', async () => {
    const calls: string[] = [];
    const add = wrapWithFallback(
      async (key: ApiKey<typeof provider>, a: number, b: number) => {
        calls.push(key);
        return key === 'K1' ? revoked() : a + b;
      },
      { provider },
    );
    await expect(add(2, 3)).resolves.toBe(5);
    expect(calls).toEqual(['K1', 'K2']);
    expectTypeOf(add).parameters.toEqualTypeOf<[number, number]>();
    expect(add).toHaveLength(2);
  });

  it('wraps a generator function', async () => {
    const count = wrapWithFallback(
      async function* (key: ApiKey<typeof provider>, to: number) {
        if (key === 'K1') revoked();
        for (let at = 1; at <= to; at++) yield at;
      },
      { provider },
    );
    const seen: number[] = [];
    for await (const chunk of count(3)) seen.push(chunk);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('rejects invalid options at once', () => {
    expect(() => wrapWithFallback(async (_key: ApiKey<typeof provider>) => 1, { provider, maxRetries: 0 })).toThrow(
      /maxRetries/,
    );
  });
});

describe('the function forms', () => {
  it('accept a client instead of a key', async () => {
    const options = { inject: 'client' } as const;
    await expect(manager.retryWithFallback((client) => client, options)).resolves.toEqual({ name: 'client of K1' });
    await expect(callWithFallback(manager, (client) => client, options)).resolves.toEqual({ name: 'client of K1' });
  });

  it('reject a value that is not a function', async () => {
    // @ts-expect-error not a function
    await expect(async () => manager.retryWithFallback()).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

import {
  ApiKeyManager,
  customProvider,
  INJECTED,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  useApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { fails, scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
const down = () => fails({ kind: 'transient', reason: 'scripted' })('', runtime);
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

describe('@useApiKeyFallback', () => {
  @useApiKeyFallback({ provider, maxRetries: 2, delay: 7 })
  class Base {
    calls: string[] = [];

    @retryWithApiKeyFallback()
    async ask(key: ApiKey<typeof provider>): Promise<string> {
      this.calls.push(key);
      return down() as string;
    }

    @retryWithApiKeyFallback({ maxRetries: 1 })
    async askOnce(key: ApiKey<typeof provider>): Promise<string> {
      this.calls.push(key);
      return down() as string;
    }

    @retryWithApiKeyFallback({ inject: 'client' })
    async client(client: { name: string }): Promise<string> {
      return client.name;
    }

    @retryWithApiKeyFallback()
    static async which(key: ApiKey<typeof provider>): Promise<string> {
      return key;
    }
  }

  @useApiKeyFallback({ delay: 9 } as { provider: typeof provider; delay: number })
  class Derived extends Base {}

  it('sets defaults for the methods of a class', async () => {
    const service = new Base();
    await service.ask(INJECTED).catch(() => {});
    expect(service.calls).toEqual(['K1', 'K1', 'K2', 'K2']);
    expect(runtime.sleeps).toEqual([7, 7]);
  });

  it('leaves inject to each method', async () => {
    await expect(new Base().client(INJECTED)).resolves.toBe('client of K1');
  });

  it('yields to the options of a method', async () => {
    const service = new Base();
    await service.askOnce(INJECTED).catch(() => {});
    expect(service.calls).toEqual(['K1', 'K2']);
  });

  it('applies to static methods and subclasses, which can override it', async () => {
    await expect(injectKeys(Base).which()).resolves.toBe('K1');
    await new Derived().ask(INJECTED).catch(() => {});
    expect(runtime.sleeps).toEqual([9, 9]);
  });

  it('rejects a call if neither the method nor the class names a provider', async () => {
    class Lost {
      @retryWithApiKeyFallback()
      async ask(key: ApiKey<typeof provider>): Promise<string> {
        return key;
      }
    }
    await expect(new Lost().ask(INJECTED)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('rejects invalid options when decorating', () => {
    expect(() => useApiKeyFallback({ provider, delay: -1 })).toThrow(/delay/);
  });
});

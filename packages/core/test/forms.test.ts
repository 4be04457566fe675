import {
  ApiKeyManager,
  callWithFallback,
  currentAttempt,
  customProvider,
  INJECTED,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  useApiKeyFallback,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { FakeRuntime, settle } from './fake-runtime.ts';
import { fails, scriptedAdapter } from './scripted-keys.ts';
import { watchWarnings } from './watch-warnings.ts';

const provider = customProvider('scripted');
const down = () => fails({ kind: 'transient', reason: 'scripted' })('', runtime);
const revoked = () => fails({ kind: 'invalid-key', reason: 'scripted' })('', runtime);
let runtime: FakeRuntime;
let manager: ApiKeyManager;

beforeEach(() => {
  runtime = new FakeRuntime();
  const adapter = { ...scriptedAdapter, createClient: (secret: string) => ({ name: `client of ${secret}` }) };
  manager = new ApiKeyManager(adapter, ['K1', 'K2'], { logger: false, runtime });
  registry.register(manager, { replace: true });
});
afterEach(() => {
  registry.unregister(provider);
  vi.restoreAllMocks();
});

describe('wrapWithFallback', () => {
  it('gives a function the key and hides it from the callers', async () => {
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

  it('wraps a generator function, too', async () => {
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

  it('refuses bad options at once', () => {
    expect(() => wrapWithFallback(async (_key: ApiKey<typeof provider>) => 1, { provider, maxRetries: 0 })).toThrow(
      /maxRetries/,
    );
  });
});

describe('the function forms', () => {
  it('take a client instead of a key', async () => {
    const options = { inject: 'client' } as const;
    await expect(manager.retryWithFallback((client) => client, options)).resolves.toEqual({ name: 'client of K1' });
    await expect(callWithFallback(manager, (client) => client, options)).resolves.toEqual({ name: 'client of K1' });
  });

  it('refuse what is no function', async () => {
    // @ts-expect-error no function
    await expect(async () => manager.retryWithFallback()).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
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

  it('gives defaults to the methods of a class', async () => {
    const service = new Base();
    await service.ask(INJECTED).catch(() => {});
    expect(service.calls).toEqual(['K1', 'K1', 'K2', 'K2']);
    expect(runtime.sleeps).toEqual([7, 7]);
  });

  it('leaves it to each method what it receives', async () => {
    await expect(new Base().client(INJECTED)).resolves.toBe('client of K1');
  });

  it('yields to what a method says itself', async () => {
    const service = new Base();
    await service.askOnce(INJECTED).catch(() => {});
    expect(service.calls).toEqual(['K1', 'K2']);
  });

  it('reaches static methods and subclasses, which may change it', async () => {
    await expect(injectKeys(Base).which()).resolves.toBe('K1');
    await new Derived().ask(INJECTED).catch(() => {});
    expect(runtime.sleeps).toEqual([9, 9]);
  });

  it('is missed where nobody names a provider', async () => {
    class Lost {
      @retryWithApiKeyFallback()
      async ask(key: ApiKey<typeof provider>): Promise<string> {
        return key;
      }
    }
    await expect(new Lost().ask(INJECTED)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('refuses bad options at once', () => {
    expect(() => useApiKeyFallback({ provider, delay: -1 })).toThrow(/delay/);
  });
});

describe('a warning of a mistake', () => {
  it('tells once of a loop inside an attempt of the same provider', async () => {
    const emitWarning = watchWarnings();
    const nested = () => manager.retryWithFallback(() => manager.retryWithFallback((key) => key));
    await nested();
    await nested();
    expect(emitWarning).toHaveBeenCalledTimes(1);
    expect(emitWarning.mock.calls[0]).toMatchObject([
      expect.stringContaining('scripted'),
      { code: 'AKF_NESTED_LOOPS' },
    ]);
  });

  it('tells of a method that goes on past its time limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const emitWarning = watchWarnings();
    const call = manager.retryWithFallback(() => new Promise(() => {}), { deadline: 10 });
    call.catch(() => {});
    await runtime.pass(10);
    await settle();
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(emitWarning.mock.calls).toMatchObject([
      [expect.stringContaining('scripted'), { code: 'AKF_SIGNAL_IGNORED' }],
    ]);
  });

  it('is silent in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const emitWarning = watchWarnings();
    const quiet = new ApiKeyManager({ ...scriptedAdapter, name: 'quiet' }, ['K1'], { logger: false });
    await quiet.retryWithFallback(() => quiet.retryWithFallback(() => currentAttempt().attemptNumber));
    expect(emitWarning).not.toHaveBeenCalled();
    vi.unstubAllEnvs();
  });
});

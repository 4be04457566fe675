import { beforeEach, describe, expect, it } from 'vitest';
import {
  currentAttempt,
  injectKeys,
  INJECTED,
  registry,
  retryWithApiKeyFallback,
  UnknownProviderError,
  type ApiClient,
  type ApiKey,
} from '../../src/index.ts';
import { acmeAdapter, acmeKeys, betaKeys, invalidKey, useAllProviders, useProvider } from './decorator-providers.ts';

const [first] = acmeKeys;

/** Calls a method as JavaScript can, without regard to the types. */
type Loose<Method extends string> = Record<Method, (...args: unknown[]) => Promise<unknown>>;

class Service {
  readonly received: unknown[][] = [];

  @retryWithApiKeyFallback({ provider: 'acme' })
  async chat(apiKey: ApiKey<'acme'>, ...values: unknown[]): Promise<unknown[]> {
    this.received.push([apiKey, ...values]);
    return values;
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
  async converse(client: ApiClient<'acme'>, ...values: unknown[]): Promise<ApiClient<'acme'>> {
    this.received.push([client, ...values]);
    return client;
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async *stream(apiKey: ApiKey<'acme'>, ...values: unknown[]): AsyncGenerator {
    this.received.push([apiKey, ...values]);
    yield* values;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 })
  async passOnStaleKey(apiKey: ApiKey<'acme'>, seen: ApiKey<'acme'>[]): Promise<unknown> {
    seen.push(apiKey);
    if (seen.length === 1) throw invalidKey();
    return this.chat(seen[0] ?? INJECTED, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 1 })
  async passOnStaleClient(client: ApiClient<'acme'>, seen: ApiClient<'acme'>[]): Promise<unknown> {
    seen.push(client);
    if (seen.length === 1) throw invalidKey();
    return this.converse(seen[0] ?? INJECTED, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async keyForClient(apiKey: ApiKey<'acme'>): Promise<unknown> {
    return (this as unknown as Loose<'converse'>).converse(apiKey, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
  async clientForKey(client: ApiClient<'acme'>): Promise<unknown> {
    return (this as unknown as Loose<'chat'>).chat(client, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async passOnWithPlaceholder(apiKey: ApiKey<'acme'>): Promise<unknown> {
    return this.chat(apiKey, INJECTED);
  }
}

/** Returns the rejection of a call that must not throw synchronously. */
async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  return call().then(
    (value) => expect.fail(`the call resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

function expectMisuse(error: unknown, method: string): void {
  expect(error).toBeInstanceOf(TypeError);
  const { message, stack } = error as TypeError;
  expect(message).toContain(method);
  for (const key of acmeKeys) expect(`${message} ${stack}`).not.toContain(key);
}

export function describeMisuse(): void {
  describe('misuse found in a call', () => {
    const service = new Service();
    const loose = service as unknown as Loose<'chat' | 'converse'>;

    beforeEach(() => {
      useAllProviders();
      service.received.length = 0;
    });

    it.each(acmeKeys)('rejects key %# of the provider in place of the prompt', async (key) => {
      expectMisuse(await failureOf(() => loose.chat(key, 'hello')), 'chat');
      expect(service.received).toEqual([]);
    });

    it('names the alternatives to passing a key', async () => {
      const error = await failureOf(() => loose.chat(first, 'hello'));
      expect((error as Error).message).toMatch(/omit it or pass INJECTED/i);
    });

    it('rejects a key where the client is injected', async () => {
      expectMisuse(await failureOf(() => loose.converse(first, 'hello')), 'converse');
      expect(service.received).toEqual([]);
    });

    it('rejects the stale key of an earlier attempt', async () => {
      expectMisuse(await failureOf(() => service.passOnStaleKey(INJECTED, [])), 'chat');
      expect(service.received).toEqual([]);
    });

    it('rejects a client of the provider in place of the prompt', async () => {
      const client = await service.converse(INJECTED);
      service.received.length = 0;
      expectMisuse(await failureOf(() => loose.converse(client, 'hello')), 'converse');
      expectMisuse(await failureOf(() => loose.chat(client, 'hello')), 'chat');
      expect(service.received).toEqual([]);
    });

    it('rejects the stale client of an earlier attempt', async () => {
      expectMisuse(await failureOf(() => service.passOnStaleClient(INJECTED, [])), 'converse');
      expect(service.received).toEqual([]);
    });

    it('recognises a client that is a function', async () => {
      useProvider({ ...acmeAdapter, createClient: (token) => Object.assign(() => {}, { token }) }, acmeKeys);
      const client = await service.converse(INJECTED);
      service.received.length = 0;
      expectMisuse(await failureOf(() => loose.converse(client, 'hello')), 'converse');
      expect(service.received).toEqual([]);
    });

    it('rejects the running key where a client is injected', async () => {
      expectMisuse(await failureOf(() => service.keyForClient(INJECTED)), 'converse');
      expect(service.received).toEqual([]);
    });

    it('rejects the running client where a key is injected', async () => {
      expectMisuse(await failureOf(() => service.clientForKey(INJECTED)), 'chat');
      expect(service.received).toEqual([]);
    });

    it.each(['acme-4f9a81c2e07b', ' acme-4f9a81c2e07b\n', 'Bearer acme-4f9a81c2e07b'])(
      'rejects what looks like a key of the provider: %j',
      async (key) => {
        useProvider({ ...acmeAdapter, keyPattern: /^acme-/ }, acmeKeys);
        const error = await failureOf(() => loose.chat(key, 'hello'));
        expectMisuse(error, 'chat');
        expect((error as Error).message).toMatch(/what looks like a key of "acme".*injectKeys/s);
        expect((error as Error).message).not.toContain('4f9a81c2e07b');
        expectMisuse(await failureOf(() => loose.converse(key, 'hello')), 'converse');
        expect(service.received).toEqual([]);
      },
    );

    it.each(['acme-', 'acme-4f9a', 'acme-4f9a81c2e07b is my key, is it valid?', 'My key: acme-4f9a81c2e07b', 5, null])(
      'accepts a prompt that is not a key as a whole: %j',
      async (prompt) => {
        useProvider({ ...acmeAdapter, keyPattern: /^acme-/ }, acmeKeys);
        await expect(loose.chat(prompt)).resolves.toEqual([prompt]);
      },
    );

    it('accepts a string that is not a key, and the key of another provider', async () => {
      await expect(loose.chat('sk-unknown-000000000')).resolves.toEqual(['sk-unknown-000000000']);
      await expect(loose.chat(betaKeys[0])).resolves.toEqual([betaKeys[0]]);
    });

    it.each([
      ['after an argument', ['hello', INJECTED]],
      ['twice', [INJECTED, INJECTED]],
      ['last of many', [INJECTED, 'a', 'b', INJECTED]],
    ])('rejects INJECTED %s', async (_where, args) => {
      expectMisuse(await failureOf(() => loose.chat(...args)), 'chat');
      expect(service.received).toEqual([]);
    });

    it('rejects INJECTED after a key that is passed on', async () => {
      expectMisuse(await failureOf(() => service.passOnWithPlaceholder(INJECTED)), 'chat');
      expect(service.received).toEqual([]);
    });

    it.each([
      ['a key', () => service.stream(first as ApiKey<'acme'>, 'hello')],
      ['INJECTED in another position', () => service.stream(INJECTED, INJECTED)],
    ])('fails the first next() of a stream that receives %s', async (_what, open) => {
      const stream = open();
      expectMisuse(await failureOf(() => stream.next()), 'stream');
      expect(service.received).toEqual([]);
    });

    it('names a method whose name is a symbol', async () => {
      const ask = Symbol('ask');
      class SymbolService {
        @retryWithApiKeyFallback({ provider: 'acme' })
        async [ask](_apiKey: ApiKey<'acme'>): Promise<void> {}
      }
      expectMisuse(await failureOf(() => new SymbolService()[ask](first as ApiKey<'acme'>)), 'ask');
    });

    it('does not affect the health of any key', async () => {
      await failureOf(() => loose.chat(first));
      await failureOf(() => loose.chat('a', INJECTED));
      expect(registry.get('acme').getFailedKeys()).toEqual([]);
    });

    it('throws if an undecorated method uses the placeholder', () => {
      const prompt: string = INJECTED;
      expect(() => `Summarise: ${prompt}`).toThrow(TypeError);
    });
  });

  describe('an unknown provider', () => {
    const service = injectKeys(new Service());

    beforeEach(() => {
      useAllProviders();
      registry.unregister('acme');
    });

    it('rejects the first call and names the provider and the known providers', async () => {
      const error = await failureOf(() => service.chat('hello'));
      expect(error).toSatisfy(UnknownProviderError.isInstance);
      expect(error).toMatchObject({ code: 'UNKNOWN_PROVIDER', provider: 'acme' });
      expect((error as Error).message).toMatch(/"acme".*beta/);
      expect(service.received).toEqual([]);
    });

    it('fails the first next() of a stream', async () => {
      const stream = service.stream('hello');
      expect(await failureOf(() => stream.next())).toSatisfy(UnknownProviderError.isInstance);
    });

    it('works once its manager is registered, also for classes defined earlier', async () => {
      class EarlyService {
        @retryWithApiKeyFallback({ provider: 'acme' })
        async run(apiKey: ApiKey<'acme'>): Promise<string> {
          return `${apiKey} in attempt ${currentAttempt().attemptNumber}`;
        }
      }
      await failureOf(() => injectKeys(new EarlyService()).run());
      useProvider(acmeAdapter, acmeKeys);
      await expect(injectKeys(new EarlyService()).run()).resolves.toBe(`${first} in attempt 1`);
    });
  });
}

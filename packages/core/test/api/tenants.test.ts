import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ApiKeyManager,
  callWithFallback,
  createKeyedFetch,
  currentAttempt,
  customProvider,
  INJECTED,
  injectKeys,
  InvalidOptionsError,
  registry,
  retryWithApiKeyFallback,
  UnknownProviderError,
  useApiKeyFallback,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';
import { waitingList } from '../../../../test-support/waiting-list.ts';

const provider = customProvider('rented');
type Key = ApiKey<typeof provider>;
const adapter = {
  ...scriptedAdapter,
  name: provider,
  createClient: (apiKey: string) => ({ apiKey }),
};
const keyOf = (tenant: string) => `key-of-${tenant}-0000000001`;
const tenants = ['tenant-a', 'tenant-b', 'tenant-c'];
const context = new AsyncLocalStorage<string>();

beforeEach(() => {
  for (const pool of ['default', ...tenants]) {
    registry.register(new ApiKeyManager(adapter, [keyOf(pool)], { pool, logger: false }));
  }
});
afterEach(() => {
  registry.unregister(provider);
});

class Service {
  readonly tenant: string | undefined;

  constructor(tenant?: string) {
    this.tenant = tenant;
  }

  @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant })
  async ask(apiKey: Key, _prompt: string): Promise<string> {
    return apiKey;
  }

  @retryWithApiKeyFallback({ provider, pool: ({ args: [tenant] }) => tenant })
  async askFor(apiKey: Key, _tenant?: string): Promise<string> {
    return apiKey;
  }

  @retryWithApiKeyFallback({ provider, pool: 'tenant-c' })
  async batch(apiKey: Key): Promise<string> {
    return apiKey;
  }

  @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant })
  async passOn(apiKey: Key): Promise<string> {
    return this.ask(apiKey, 'with the key');
  }

  @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant })
  async passToBatch(apiKey: Key): Promise<string> {
    return this.batch(apiKey);
  }

  @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant })
  async askBatch(_apiKey: Key): Promise<string> {
    return this.batch(INJECTED);
  }

  @retryWithApiKeyFallback({ provider, pool: ({ args }) => args[0] as string })
  async passFor(apiKey: Key, tenant: string): Promise<string> {
    return this.askFor(apiKey, tenant);
  }

  @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant })
  async *stream(apiKey: Key): AsyncGenerator<string> {
    yield apiKey;
    yield currentAttempt().pool;
  }
}

const service = (tenant?: string) => injectKeys(new Service(tenant));

describe('the pool of a method', () => {
  it('is named by the object', async () => {
    const keys = await Promise.all(tenants.map((tenant) => service(tenant).ask('hello')));
    expect(keys).toEqual(tenants.map(keyOf));
    await expect(service().ask('hello')).resolves.toBe(keyOf('default'));
  });

  it('is named by an argument, without the placeholder of the key', async () => {
    await expect(service().askFor('tenant-b')).resolves.toBe(keyOf('tenant-b'));
    await expect(new Service().askFor(INJECTED, 'tenant-b')).resolves.toBe(keyOf('tenant-b'));
    await expect(new Service().askFor(undefined as never, 'tenant-b')).resolves.toBe(keyOf('tenant-b'));
    await expect(service().askFor()).resolves.toBe(keyOf('default'));
  });

  it('is fixed, or that of the class', async () => {
    @useApiKeyFallback({ provider, pool: 'tenant-b' })
    class Batch {
      @retryWithApiKeyFallback()
      async ask(apiKey: Key): Promise<string> {
        return apiKey;
      }

      @retryWithApiKeyFallback({ pool: 'tenant-a' })
      async other(apiKey: Key): Promise<string> {
        return apiKey;
      }
    }
    const batch = injectKeys(new Batch());
    await expect(Promise.all([batch.ask(), batch.other(), service().batch()])).resolves.toEqual(
      ['tenant-b', 'tenant-a', 'tenant-c'].map(keyOf),
    );
  });

  it('serves a stream', async () => {
    const chunks: string[] = [];
    for await (const chunk of service('tenant-b').stream()) chunks.push(chunk);
    expect(chunks).toEqual([keyOf('tenant-b'), 'tenant-b']);
  });

  it('is joined by a call that passes its key on', async () => {
    await expect(service('tenant-a').passOn()).resolves.toBe(keyOf('tenant-a'));
    await expect(service().passFor('tenant-b')).resolves.toBe(keyOf('tenant-b'));
    const usages = tenants.map((pool) => registry.get(provider, pool).status().keys[0]?.usage.attempts);
    expect(usages).toEqual([1, 1, 0]);
  });

  it('is another one for a nested call of another pool', async () => {
    const warn = vi.spyOn(process, 'emitWarning');
    await expect(service('tenant-a').askBatch()).resolves.toBe(keyOf('tenant-c'));
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('refuses the key of another pool', async () => {
    const message = 'batch() received a key or client of another pool of "rented" as its first argument';
    await expect(service('tenant-a').passToBatch()).rejects.toThrow(message);
    const foreign = registry.get(provider, 'tenant-b').getCurrentKey() as string;
    await expect(service('tenant-a').ask(foreign)).rejects.toThrow('a key or client of another pool of "rented"');
  });

  it.each([
    [
      'an unknown one',
      'tenant-x',
      UnknownProviderError,
      'Unknown pool "tenant-x" of "rented" (known: default, tenant-a',
    ],
    [
      'an empty text',
      '',
      InvalidOptionsError,
      'What the function of "pool" returns must be a text of 1 to 128 characters',
    ],
    ['null', null, InvalidOptionsError, 'it is null'],
    ['a promise', Promise.resolve('tenant-a'), InvalidOptionsError, 'The function of "pool" must not be async'],
  ])('rejects %s', async (_what, tenant, Class, message) => {
    const call = new Service(tenant as never).ask(INJECTED, 'hello');
    await expect(call).rejects.toThrow(Class);
    await expect(call).rejects.toThrow(message);
    await expect(new Service(tenant as never).stream(INJECTED).next()).rejects.toThrow(Class);
  });

  it('rejects with what the function throws', async () => {
    const pool = () => {
      throw new Error('no tenant');
    };
    const ask = wrapWithFallback(async (apiKey) => apiKey, { provider, pool });
    await expect(ask()).rejects.toThrow('no tenant');
  });

  it('says so when the method has lost its object', async () => {
    const { ask } = service('tenant-a');
    await expect((ask as (prompt: string) => Promise<string>)('hello')).rejects.toThrow(
      'ask() was called without its object, so "this" is undefined.',
    );
  });

  it.each(['', 7, {}])('is refused as %j when the method is decorated', (pool) => {
    expect(() => retryWithApiKeyFallback({ provider, pool: pool as never })).toThrow('"pool" must be a text');
  });
});

describe('the pool of a function', () => {
  it('follows the async context', async () => {
    const ask = wrapWithFallback(
      async (apiKey, _prompt: string) => {
        await new Promise((resolve) => setImmediate(resolve));
        return [apiKey, currentAttempt().pool];
      },
      { provider, pool: () => context.getStore() },
    );
    const calls = Array.from({ length: 60 }, (_, n) => tenants[n % 3] as string);
    const results = await Promise.all(calls.map((tenant) => context.run(tenant, () => ask('hello'))));
    expect(results).toEqual(calls.map((tenant) => [keyOf(tenant), tenant]));
    await expect(ask('hello')).resolves.toEqual([keyOf('default'), 'default']);
  });

  it('injects a client of the pool', async () => {
    const ask = wrapWithFallback(async (client) => client, { provider, pool: 'tenant-a', inject: 'client' });
    await expect(ask()).resolves.toEqual({ apiKey: keyOf('tenant-a') });
  });

  it('is that of its manager in a call of a manager', async () => {
    const manager = registry.get(provider, 'tenant-a');
    await expect(manager.retryWithFallback((apiKey) => apiKey)).resolves.toBe(keyOf('tenant-a'));
    const options = { provider, pool: 'tenant-b' } as object;
    const message = 'The manager is that of the pool "tenant-a", and a call of it cannot name another one.';
    await expect(manager.retryWithFallback((apiKey) => apiKey, options)).rejects.toThrow(message);
    await expect(callWithFallback(manager, (apiKey) => apiKey, options)).rejects.toThrow(InvalidOptionsError);
    await expect(callWithFallback(manager, (apiKey) => apiKey, { provider: 'other' } as object)).rejects.toThrow(
      'The manager is that of the provider "rented"',
    );
  });
});

describe('the pool of a keyed fetch', () => {
  const send: typeof fetch = async (input, init) => new Response(new Request(input, init).headers.get('authorization'));
  const url = 'http://127.0.0.1/';
  const textOf = async (response: Promise<Response>) => (await response).text();

  it('is named by an option, by a function or by the request', async () => {
    const fixed = createKeyedFetch({ provider, pool: 'tenant-a', fetch: send });
    const following = createKeyedFetch({ provider, pool: () => context.getStore(), fetch: send });
    await expect(textOf(fixed(url))).resolves.toBe(`Bearer ${keyOf('tenant-a')}`);
    await expect(textOf(fixed(url, { fallback: { pool: 'tenant-b' } }))).resolves.toBe(`Bearer ${keyOf('tenant-b')}`);
    await expect(textOf(context.run('tenant-c', () => following(url)))).resolves.toBe(`Bearer ${keyOf('tenant-c')}`);
    await expect(textOf(following(url))).resolves.toBe(`Bearer ${keyOf('default')}`);
    await expect(following(url, { fallback: { pool: 'tenant-x' } })).rejects.toThrow('Unknown pool "tenant-x"');
    await expect(following(url, { fallback: { pool: 3 as never } })).rejects.toThrow('"pool" must be a text');
  });

  it('is that of the attempt around it, unless it names another one', async () => {
    const plain = createKeyedFetch({ provider, fetch: send });
    const other = createKeyedFetch({ provider, pool: 'tenant-b', fetch: send });
    const ask = wrapWithFallback(
      async (_apiKey, fetchIt: typeof plain) => textOf(fetchIt(url, { headers: { authorization: 'Bearer unused' } })),
      { provider, pool: 'tenant-a' },
    );
    await expect(ask(plain)).resolves.toBe(`Bearer ${keyOf('tenant-a')}`);
    await expect(ask(other)).resolves.toBe(`Bearer ${keyOf('tenant-b')}`);
  });

  it('is that of the key which a request carries, whoever runs it', async () => {
    const plain = createKeyedFetch({ provider, fetch: send });
    const limit = waitingList();
    const ask = wrapWithFallback(
      async (apiKey, _prompt: string) =>
        limit(() => textOf(plain(url, { headers: { authorization: `Bearer ${apiKey}` } }))),
      { provider, pool: () => context.getStore() },
    );
    const calls = Array.from({ length: 30 }, (_, n) => tenants[n % 3] as string);
    const results = await Promise.all(calls.map((tenant) => context.run(tenant, () => ask('hello'))));
    expect(results).toEqual(calls.map((tenant) => `Bearer ${keyOf(tenant)}`));
  });
});

import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  injectKeys,
  INJECTED,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
  type ProviderName,
  type RetryOptions,
} from '../../src/index.ts';
import { watchWarnings } from '../watch-warnings.ts';
import { acmeKeys, inHouse, useAllProviders, type AcmeClient } from './decorator-providers.ts';

/** A vendor's subclass of Promise, like those that list calls of SDKs return. */
class PagePromise extends Promise<string> {
  nextPage(): PagePromise {
    return this;
  }
}

interface NamedStream extends AsyncGenerator<string> {
  readonly topic: string;
}

describe('what the compiler rejects', () => {
  it('is a method without a parameter', () => {
    const warned = watchWarnings();
    class Service {
      // @ts-expect-error no parameter
      @retryWithApiKeyFallback({ provider: 'acme' })
      async chat(): Promise<void> {}
    }
    expect(Service.prototype.chat).toHaveLength(0);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('is a first parameter that cannot hold the key', () => {
    class Service {
      // @ts-expect-error a number
      @retryWithApiKeyFallback({ provider: 'acme' })
      async number(_count: { readonly count: number }): Promise<void> {}

      // @ts-expect-error the key of another provider
      @retryWithApiKeyFallback({ provider: 'acme' })
      async otherKey(_apiKey: ApiKey<'beta'>): Promise<void> {}

      // @ts-expect-error a client
      @retryWithApiKeyFallback({ provider: 'acme' })
      async client(_client: ApiClient<'acme'>): Promise<void> {}

      // @ts-expect-error the key of a declared provider, but the provider is a custom one
      @retryWithApiKeyFallback({ provider: inHouse })
      async ownKey(_apiKey: ApiKey<'acme'>): Promise<void> {}

      // @ts-expect-error a literal
      @retryWithApiKeyFallback({ provider: 'acme' })
      async literal(_apiKey: 'sk-1'): Promise<void> {}
    }
    expectTypeOf<Service['otherKey']>().parameter(0).toEqualTypeOf<ApiKey<'beta'>>();
  });

  it('is a first parameter that cannot hold the client', () => {
    class Service {
      // @ts-expect-error a string
      @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
      async key(_apiKey: ApiKey<'acme'>): Promise<void> {}

      // @ts-expect-error the client of another provider
      @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
      async otherClient(_client: ApiClient<'beta'>): Promise<void> {}
    }
    expectTypeOf<Service['otherClient']>().parameter(0).toEqualTypeOf<ApiClient<'beta'>>();
  });

  it('is a synchronous method', () => {
    class Service {
      // @ts-expect-error synchronous
      @retryWithApiKeyFallback({ provider: 'acme' })
      value(apiKey: ApiKey<'acme'>): string {
        return apiKey;
      }

      // @ts-expect-error synchronous
      @retryWithApiKeyFallback({ provider: 'acme' })
      nothing(_apiKey: ApiKey<'acme'>): void {}

      // @ts-expect-error sometimes synchronous
      @retryWithApiKeyFallback({ provider: 'acme' })
      sometimes(apiKey: ApiKey<'acme'>): string | Promise<string> {
        return apiKey;
      }
    }
    expectTypeOf<Service['value']>().returns.toBeString();
  });

  it('is a synchronous generator, which also throws at run time', () => {
    const define = () => {
      class Service {
        // @ts-expect-error a synchronous generator
        @retryWithApiKeyFallback({ provider: 'acme' })
        *generator(apiKey: ApiKey<'acme'>): Generator<string> {
          yield apiKey;
        }
      }
      return Service;
    };
    expect(define).toThrow(/generator\(\) must be async/);
  });

  it('is a method that returns a subclass of Promise', () => {
    class Service {
      // @ts-expect-error a subclass of Promise
      @retryWithApiKeyFallback({ provider: 'acme' })
      list(apiKey: ApiKey<'acme'>): PagePromise {
        return new PagePromise((resolve) => resolve(apiKey));
      }
    }
    expectTypeOf<Service['list']>().returns.toEqualTypeOf<PagePromise>();
  });

  it('is a stream with a narrower type', () => {
    class Service {
      // @ts-expect-error a narrower stream
      @retryWithApiKeyFallback({ provider: 'acme' })
      stream(_apiKey: ApiKey<'acme'>): NamedStream {
        throw new Error('never called');
      }
    }
    expectTypeOf<Service['stream']>().returns.toEqualTypeOf<NamedStream>();
  });

  it('is a method of an undeclared provider', () => {
    class Service {
      // @ts-expect-error misspelt
      @retryWithApiKeyFallback({ provider: 'acem' })
      async chat(_apiKey: string): Promise<void> {}
    }
    expectTypeOf<Service['chat']>().parameter(0).toBeString();
    expectTypeOf<'acem'>().not.toExtend<ProviderName>();
    expectTypeOf<string>().not.toExtend<ProviderName>();
  });

  it('is a correct method whose shared options are widened by an annotation', () => {
    const widened: RetryOptions = { provider: 'acme' };
    class Service {
      // @ts-expect-error the provider is any provider
      @retryWithApiKeyFallback(widened)
      async chat(_apiKey: ApiKey<'acme'>): Promise<void> {}
    }
    expectTypeOf<Service['chat']>().parameter(0).toEqualTypeOf<ApiKey<'acme'>>();
  });
});

describe('the types of the options', () => {
  it('accept every option and its values', () => {
    const { signal } = new AbortController();
    const all = [
      { provider: 'acme', inject: 'key', maxRetries: 3, delay: 1000, backoff: 'fixed', maxDelay: 8000, signal },
      { provider: inHouse, inject: 'client', backoff: 'exponential', operation: 'search' },
    ] satisfies RetryOptions[];
    expectTypeOf(all).toExtend<readonly RetryOptions[]>();
  });

  it('reject wrong names and values', () => {
    // @ts-expect-error misspelt
    const misspelt: RetryOptions = { provider: 'acme', maxRetires: 3 };
    // @ts-expect-error text
    const text: RetryOptions = { provider: 'acme', delay: '100' };
    // @ts-expect-error neither key nor client
    const neither: RetryOptions = { provider: 'acme', inject: 'token' };
    // @ts-expect-error an unknown backoff
    const linear: RetryOptions = { provider: 'acme', backoff: 'linear' };
    expectTypeOf([misspelt, text, neither, linear]).toExtend<RetryOptions[]>();
  });
});

describe('what the compiler rejects in calls', () => {
  class Service {
    @retryWithApiKeyFallback({ provider: 'acme' })
    async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
      return `${apiKey} ${prompt}`;
    }

    @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
    async converse(client: ApiClient<'acme'>, prompt: string): Promise<string> {
      return `${client.token} ${prompt}`;
    }
  }
  const service = new Service();

  it('is the raw method without the key, which works at run time', async () => {
    useAllProviders();
    // @ts-expect-error an argument is missing
    await expect(service.chat('hello')).resolves.toBe(`${acmeKeys[0]} hello`);
  });

  it('is the raw method with the caller’s own key, which also rejects at run time', async () => {
    useAllProviders();
    // @ts-expect-error a plain string has no brand
    await expect(service.chat(acmeKeys[0], 'hello')).rejects.toThrow(TypeError);
  });

  it('is the raw method with the caller’s own client', () => {
    const call = (client: AcmeClient) =>
      // @ts-expect-error a plain client has no brand
      service.converse(client, 'hello');
    expectTypeOf(call).returns.resolves.toBeString();
  });

  it('is the view of injectKeys with wrong or missing arguments', () => {
    const injected = injectKeys(service);
    // @ts-expect-error a number instead of the prompt
    const number = () => injected.chat(42);
    // @ts-expect-error no prompt
    const nothing = () => injected.chat();
    // @ts-expect-error too many arguments
    const tooMany = () => injected.chat(INJECTED, 'hello', 'again');
    // @ts-expect-error the caller's own key
    const key = () => injected.chat('sk-1', 'hello');
    expectTypeOf([number, nothing, tooMany, key]).items.toBeFunction();
  });
});

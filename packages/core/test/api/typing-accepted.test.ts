import { describe, expectTypeOf, it } from 'vitest';
import {
  currentAttempt,
  customProvider,
  INJECTED,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
  type ApiKeyManager,
  type Attempt,
  type ClientOf,
  type CustomProvider,
  type KeyManagerOf,
  type ProviderName,
  type RetryOptions,
} from '../../src/index.ts';
import { inHouse, type AcmeClient, type BetaClient } from './decorator-providers.ts';

const ask = Symbol('ask');

describe('what the compiler accepts', () => {
  it('is every kind of method with a matching first parameter', () => {
    class Service<Model> {
      readonly model: Model;

      constructor(model: Model) {
        this.model = model;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async branded(_apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
        return prompt;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async plainString(_apiKey: string, prompt: string): Promise<string> {
        return prompt;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async optional(_apiKey?: ApiKey<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      async wider(_apiKey: string | number | undefined, ..._rest: unknown[]): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      async restOnly(..._args: [apiKey: ApiKey<'acme'>, prompt: string, limit?: number]): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      async generic<T>(_apiKey: ApiKey<'acme'>, value: T): Promise<T> {
        return value;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async genericClass(_apiKey: ApiKey<'acme'>, value: Model): Promise<Model> {
        return value;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async withThis(this: Service<unknown>, _apiKey: ApiKey<'acme'>): Promise<unknown> {
        return this.model;
      }

      overloaded(apiKey: ApiKey<'acme'>, value: string): Promise<string>;
      overloaded(apiKey: ApiKey<'acme'>, value: number): Promise<number>;
      @retryWithApiKeyFallback({ provider: 'acme' })
      async overloaded(_apiKey: ApiKey<'acme'>, value: string | number): Promise<string | number> {
        return value;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      static async fixed(_apiKey: ApiKey<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      private async hidden(_apiKey: ApiKey<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      protected async guarded(_apiKey: ApiKey<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      async [ask](_apiKey: ApiKey<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme' })
      promiseLike(_apiKey: ApiKey<'acme'>): PromiseLike<number> {
        return Promise.resolve(1);
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async never(_apiKey: ApiKey<'acme'>): Promise<never> {
        throw new Error('never called');
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async *generator(_apiKey: ApiKey<'acme'>): AsyncGenerator<string, number, boolean> {
        const more = yield 'chunk';
        return more ? 1 : 0;
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async *iterable(_apiKey: ApiKey<'acme'>): AsyncIterable<string> {
        yield 'chunk';
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async *iterableIterator(_apiKey: ApiKey<'acme'>): AsyncIterableIterator<string> {
        yield 'chunk';
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async promisedStream(_apiKey: ApiKey<'acme'>): Promise<AsyncIterable<string>> {
        return this.iterable(INJECTED);
      }

      @retryWithApiKeyFallback({ provider: 'acme' })
      async *inferred(_apiKey: ApiKey<'acme'>) {
        yield 'chunk';
      }

      useHidden(): Promise<void>[] {
        return [this.hidden(INJECTED), this.guarded(INJECTED)];
      }
    }
    expectTypeOf<Service<string>['branded']>().toEqualTypeOf<
      (apiKey: ApiKey<'acme'>, prompt: string) => Promise<string>
    >();
    expectTypeOf<Service<string>['genericClass']>().returns.resolves.toBeString();
    expectTypeOf(Service.fixed).returns.resolves.toBeVoid();
  });

  it('is a method that takes a client of the provider, branded or plain', () => {
    class Service {
      @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
      async branded(_client: ApiClient<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
      async plain(_client: AcmeClient): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
      async structural(_client: { readonly token: string }): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'beta', inject: 'client' })
      async subclass(_client: AcmeClient): Promise<void> {}

      @retryWithApiKeyFallback({ provider: inHouse, inject: 'client' })
      async ofUnknownType(_client: unknown): Promise<void> {}

      @retryWithApiKeyFallback({ provider: 'acme', inject: 'key' })
      async explicitKey(_apiKey: ApiKey<'acme'>): Promise<void> {}
    }
    expectTypeOf<Service['branded']>().parameter(0).toExtend<AcmeClient>();
  });

  it('is a method of a custom provider', () => {
    const local = customProvider('local');
    class Service {
      @retryWithApiKeyFallback({ provider: local })
      async own(_apiKey: ApiKey<typeof local>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: customProvider('inline') })
      async inline(_apiKey: string): Promise<void> {}
    }
    expectTypeOf(local).toEqualTypeOf<CustomProvider<'local'>>();
    expectTypeOf(local).toExtend<ProviderName>();
    expectTypeOf<Service['own']>().parameter(0).toExtend<string>();
  });

  it('is a method with shared options that keep their literal types', () => {
    const satisfied = { provider: 'acme', maxRetries: 3 } satisfies RetryOptions;
    const constant = { provider: 'acme', inject: 'client', maxRetries: 3 } as const;
    const frozen = Object.freeze({ provider: 'acme' } as const);
    class Service {
      @retryWithApiKeyFallback(satisfied)
      async one(_apiKey: ApiKey<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback(constant)
      async two(_client: ApiClient<'acme'>): Promise<void> {}

      @retryWithApiKeyFallback({ ...frozen, delay: 5 })
      async three(_apiKey: ApiKey<'acme'>): Promise<void> {}
    }
    expectTypeOf<keyof Service>().toEqualTypeOf<'one' | 'two' | 'three'>();
  });

  it('is an override of a decorated method, decorated or not', () => {
    class Base {
      @retryWithApiKeyFallback({ provider: 'acme' })
      async chat(_apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
        return prompt;
      }
    }
    class Decorated extends Base {
      @retryWithApiKeyFallback({ provider: 'acme' })
      override async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
        return super.chat(apiKey, prompt);
      }
    }
    class Plain extends Base {
      override async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
        return super.chat(apiKey, prompt);
      }
    }
    expectTypeOf<Decorated>().toExtend<Base>();
    expectTypeOf<Plain>().toExtend<Base>();
  });
});

describe('the types of keys, clients and attempts', () => {
  it('are strings and clients branded with their provider', () => {
    expectTypeOf<ApiKey<'acme'>>().toExtend<string>();
    expectTypeOf<string>().not.toExtend<ApiKey<'acme'>>();
    expectTypeOf<ApiKey<'acme'>>().not.toExtend<ApiKey<'beta'>>();
    expectTypeOf<ApiClient<'acme'>>().toExtend<AcmeClient>();
    expectTypeOf<AcmeClient>().not.toExtend<ApiClient<'acme'>>();
    expectTypeOf<ApiClient<'beta'>>().not.toExtend<ApiClient<'acme'>>();
  });

  it('come from the key manager that the adapter declares', () => {
    expectTypeOf<KeyManagerOf<'acme'>>().toEqualTypeOf<ApiKeyManager<AcmeClient>>();
    expectTypeOf<ClientOf<'acme'>>().toEqualTypeOf<AcmeClient>();
    expectTypeOf<ClientOf<'beta'>>().toEqualTypeOf<BetaClient>();
    expectTypeOf<KeyManagerOf<typeof inHouse>>().toEqualTypeOf<ApiKeyManager>();
    expectTypeOf<ClientOf<typeof inHouse>>().toBeUnknown();
  });

  it('let INJECTED stand for any of them', () => {
    expectTypeOf(INJECTED).toBeNever();
    const key: ApiKey<'acme'> = INJECTED;
    const client: ApiClient<'beta'> = INJECTED;
    expectTypeOf([key, client]).toExtend<unknown[]>();
  });

  it('describe an attempt', () => {
    expectTypeOf(currentAttempt).toEqualTypeOf<(provider?: ProviderName) => Attempt>();
    expectTypeOf<Attempt['attemptNumber']>().toBeNumber();
    expectTypeOf<Attempt['apiKey']>().toBeString();
    expectTypeOf<Attempt['keyId']>().toBeString();
    expectTypeOf<Attempt['signal']>().toEqualTypeOf<AbortSignal>();
    expectTypeOf<Attempt['outer']>().toEqualTypeOf<Attempt | undefined>();
  });
});

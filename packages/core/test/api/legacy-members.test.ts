import 'reflect-metadata/lite';
import { beforeEach, describe, expect, it } from 'vitest';
import { INJECTED, injectKeys, retryWithApiKeyFallback, type ApiClient, type ApiKey } from '../../src/index.ts';
import { AcmeClient, acmeKeys, useAllProviders } from './decorator-providers.ts';

const withKey = retryWithApiKeyFallback({ provider: 'acme' });
const withClient = retryWithApiKeyFallback({ provider: 'acme', inject: 'client' });

describe('the parameter types that the compiler emits', () => {
  beforeEach(useAllProviders);

  it('are emitted here', () => {
    class Service {
      @withClient
      async chat(client: AcmeClient, limit: number): Promise<[AcmeClient, number]> {
        return [client, limit];
      }
    }
    expect(Reflect.getMetadata('design:paramtypes', Service.prototype, 'chat')).toEqual([AcmeClient, Number]);
  });

  it('reject a parameter of the client class if a key is injected', () => {
    const define = () => {
      class Service {
        // @ts-expect-error a client, but a key is injected
        @withKey
        async chat(_client: AcmeClient): Promise<void> {}
      }
      return Service;
    };
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/chat.*AcmeClient.*Did you mean \{ inject: 'client' \}\?/);
  });

  it('reject a string if a client is injected', () => {
    const define = () => {
      class Service {
        // @ts-expect-error a string, but a client is injected
        @withClient
        async chat(_apiKey: string): Promise<void> {}
      }
      return Service;
    };
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/chat.*client/);
  });

  it('reject the wrong type of a static method too', () => {
    const define = () => {
      class Service {
        // @ts-expect-error a client, but a key is injected
        @withKey
        static async chat(_client: AcmeClient): Promise<void> {}

        readonly topic = 'weather';
      }
      return Service;
    };
    expect(define).toThrow(/Did you mean \{ inject: 'client' \}\?/);
  });

  it('allow brands, unions, generics, unknown and plain objects', async () => {
    class Service {
      @withKey
      async brand(apiKey: ApiKey<'acme'>): Promise<unknown> {
        return apiKey;
      }

      @withKey
      async union(apiKey: string | number): Promise<unknown> {
        return apiKey;
      }

      @withKey
      async generic<T extends string>(apiKey: T | ApiKey<'acme'>, _other?: T): Promise<unknown> {
        return apiKey;
      }

      @withKey
      async unknown(apiKey: unknown): Promise<unknown> {
        return apiKey;
      }

      @withClient
      async brandedClient(client: ApiClient<'acme'>): Promise<unknown> {
        return client.token;
      }

      @withClient
      async structural(client: { token: string }): Promise<unknown> {
        return client.token;
      }

      @withClient
      async object(client: object): Promise<unknown> {
        return (client as AcmeClient).token;
      }
    }
    const service = new Service();
    const names = ['brand', 'union', 'generic', 'unknown', 'brandedClient', 'structural', 'object'] as const;
    for (const name of names) expect(await service[name](INJECTED)).toBe(acmeKeys[0]);
  });

  it('accept a string for a key and the client class for a client', async () => {
    class Service {
      @withKey
      async key(apiKey: string): Promise<string> {
        return apiKey;
      }

      @withClient
      async client(client: AcmeClient): Promise<string> {
        return client.token;
      }
    }
    await expect(new Service().key(INJECTED)).resolves.toBe(acmeKeys[0]);
    await expect(new Service().client(INJECTED)).resolves.toBe(acmeKeys[0]);
  });
});

describe('what legacy types cannot check', () => {
  beforeEach(useAllProviders);

  it('is rejected when the class is defined: a getter that returns a matching function', () => {
    const define = () => {
      class Service {
        @withKey
        get chat(): (apiKey: ApiKey<'acme'>) => Promise<string> {
          return (apiKey) => Promise.resolve(apiKey);
        }
      }
      return Service;
    };
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
  });

  it('is rejected when the class is defined: a parameter', () => {
    const define = () => {
      class Service {
        async chat(
          // @ts-expect-error a parameter
          @withKey apiKey: ApiKey<'acme'>,
        ): Promise<string> {
          return apiKey;
        }
      }
      return Service;
    };
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
  });

  it('works below another decorator that wraps the method', async () => {
    const order: string[] = [];
    function trace(_target: object, _name: string, descriptor: PropertyDescriptor): void {
      const original = descriptor.value as (...args: unknown[]) => unknown;
      descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
        order.push(`traced ${args.length}`);
        return original.apply(this, args);
      };
    }
    class Service {
      @trace
      @withKey
      @trace
      async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
        return `${apiKey} ${prompt}`;
      }
    }
    await expect(injectKeys(new Service()).chat('hello')).resolves.toBe(`${acmeKeys[0]} hello`);
    expect(order).toEqual(['traced 1', 'traced 2']);
  });
});

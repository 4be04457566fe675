import { describe, expectTypeOf, it } from 'vitest';
import {
  injectKeys,
  INJECTED,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
  type KeyInjected,
} from '../../src/index.ts';
import { inHouse } from './decorator-providers.ts';

const withAcme = retryWithApiKeyFallback({ provider: 'acme' });
const ask = Symbol('ask');

class Service {
  readonly topic: string = 'weather';
  private readonly secrets: number[] = [];

  @withAcme
  async chat(_apiKey: ApiKey<'acme'>, prompt: string, limit?: number): Promise<string> {
    return `${prompt}${limit}${this.secrets.length}`;
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
  async converse(_client: ApiClient<'acme'>, prompt: string): Promise<string> {
    return prompt;
  }

  @retryWithApiKeyFallback({ provider: inHouse })
  async own(_apiKey: ApiKey<typeof inHouse>, ...values: number[]): Promise<number> {
    return values.length;
  }

  @withAcme
  async *stream(_apiKey: ApiKey<'acme'>, prompt: string): AsyncGenerator<string, number, boolean> {
    yield prompt;
    return 1;
  }

  @withAcme
  async [ask](_apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    return prompt;
  }

  @withAcme
  async plainString(_apiKey: string, prompt: string): Promise<string> {
    return prompt;
  }

  @withAcme
  async generic<T>(_apiKey: ApiKey<'acme'>, value: T): Promise<T> {
    return value;
  }

  two(apiKey: ApiKey<'acme'>, value: string): Promise<string>;
  two(apiKey: ApiKey<'acme'>, value: number, base: number): Promise<number>;
  @withAcme
  async two(_apiKey: ApiKey<'acme'>, value: string | number, _base?: number): Promise<string | number> {
    return value;
  }

  three(apiKey: ApiKey<'acme'>, value: string): Promise<string>;
  three(apiKey: ApiKey<'acme'>, value: number): Promise<number>;
  three(apiKey: ApiKey<'acme'>, value: boolean): Promise<boolean>;
  @withAcme
  async three(_apiKey: ApiKey<'acme'>, value: string | number | boolean): Promise<string | number | boolean> {
    return value;
  }

  @withAcme
  static async make(_apiKey: ApiKey<'acme'>, name: string): Promise<Service> {
    return Object.assign(new Service(), { name });
  }

  plain(value: number): number {
    return value;
  }

  anything(value: never): void {
    void value;
  }
}

type View = KeyInjected<Service>;

describe('the view of injectKeys', () => {
  const service = injectKeys(new Service());

  it('hides the first parameter of decorated methods', () => {
    expectTypeOf(service).toEqualTypeOf<View>();
    expectTypeOf(service.chat).toBeCallableWith('hello');
    expectTypeOf(service.chat).toBeCallableWith('hello', 5);
    expectTypeOf(service.converse).toBeCallableWith('hello');
    expectTypeOf(service.own).toBeCallableWith();
    expectTypeOf(service.own).toBeCallableWith(1, 2, 3);
    expectTypeOf(service[ask]).toBeCallableWith('hello');
    expectTypeOf(() => service.chat('hello')).returns.resolves.toBeString();
    expectTypeOf(() => service.own(1)).returns.resolves.toBeNumber();
  });

  it('keeps the types of streams', () => {
    expectTypeOf(() => service.stream('hello')).returns.toEqualTypeOf<AsyncGenerator<string, number, boolean>>();
  });

  it('still accepts INJECTED and a received key', () => {
    expectTypeOf(service.chat).toBeCallableWith(INJECTED, 'hello');
    expectTypeOf((apiKey: ApiKey<'acme'>) => service.chat(apiKey, 'hello')).returns.resolves.toBeString();
  });

  it('keeps two and three overloads', () => {
    expectTypeOf(() => service.two('a')).returns.resolves.toBeString();
    expectTypeOf(() => service.two(1, 2)).returns.resolves.toBeNumber();
    expectTypeOf(() => service.three('a')).returns.resolves.toBeString();
    expectTypeOf(() => service.three(1)).returns.resolves.toBeNumber();
    expectTypeOf(() => service.three(true)).returns.resolves.toBeBoolean();
    // @ts-expect-error no such overload
    expectTypeOf(() => service.two(1)).returns.resolves.toBeNumber();
  });

  it('shows the static methods of a class and still constructs it', () => {
    const Injected = injectKeys(Service);
    expectTypeOf(Injected.make).toBeCallableWith('x');
    expectTypeOf(() => Injected.make('x')).returns.resolves.toEqualTypeOf<Service>();
    expectTypeOf(new Injected()).toEqualTypeOf<Service>();
  });

  it('leaves other members as they are', () => {
    expectTypeOf(service.topic).toBeString();
    expectTypeOf<View['plain']>().toEqualTypeOf<Service['plain']>();
    expectTypeOf<View['anything']>().toEqualTypeOf<Service['anything']>();
  });

  it('ignores parameters of type string', () => {
    expectTypeOf<View['plainString']>().toEqualTypeOf<Service['plainString']>();
    expectTypeOf(service.plainString).toBeCallableWith(INJECTED, 'hello');
  });

  it('stays assignable to the class, including private members', () => {
    expectTypeOf(service).toExtend<Service>();
    const take = (taken: Service) => taken.topic;
    expectTypeOf(take).toBeCallableWith(service);
  });

  it('is assignable to interfaces of callers', () => {
    interface Chat {
      chat(prompt: string): Promise<string>;
    }
    expectTypeOf(service).toExtend<Chat>();
    expectTypeOf<Service>().not.toExtend<Chat>();
  });

  it('works on interfaces and plain objects', () => {
    interface Contract {
      chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string>;
      readonly optional?: (apiKey: ApiKey<'acme'>) => Promise<void>;
    }
    expectTypeOf<KeyInjected<Contract>['chat']>().toBeCallableWith('hello');
    expectTypeOf((view: KeyInjected<Contract>) => view.optional?.()).returns.toEqualTypeOf<Promise<void> | undefined>();
  });

  it('drops the type parameter of a generic method, which INJECTED keeps', () => {
    expectTypeOf(() => service.generic(5)).returns.resolves.toBeUnknown();
    expectTypeOf(() => service.generic(INJECTED, 5)).returns.resolves.toBeNumber();
  });

  it('can be the declared type of a field or parameter', () => {
    class Controller {
      readonly chat: KeyInjected<Service>;

      constructor(chat: KeyInjected<Service>) {
        this.chat = chat;
      }
    }
    expectTypeOf<ConstructorParameters<typeof Controller>>().toEqualTypeOf<[View]>();
  });
});

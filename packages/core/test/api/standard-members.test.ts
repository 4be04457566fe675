import { beforeEach, describe, expect, it } from 'vitest';
import { AllKeysFailedError, injectKeys, INJECTED, retryWithApiKeyFallback, type ApiKey } from '../../src/index.ts';
import { acmeKeys, transient, useAllProviders } from './decorator-providers.ts';

const withAcme = retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 0 });
const [first] = acmeKeys;

/** Only standard decorators can decorate these private names. */
class PrivateService {
  readonly calls: unknown[][] = [];
  readonly #owner = 'me';
  static readonly #name = 'static me';

  @withAcme
  async #ask(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    this.calls.push([apiKey, prompt]);
    if (prompt === 'fail') throw transient();
    return `${this.#owner}: ${prompt}`;
  }

  @withAcme
  static async #create(apiKey: ApiKey<'acme'>, name: string): Promise<string[]> {
    return [this.#name, apiKey, name];
  }

  @withAcme
  async *#stream(apiKey: ApiKey<'acme'>): AsyncGenerator<string> {
    yield apiKey;
    yield this.#owner;
  }

  @withAcme
  async passOn(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    return this.#ask(apiKey, prompt);
  }

  ask(prompt: string): Promise<string> {
    return this.#ask(INJECTED, prompt);
  }

  stream(): AsyncGenerator<string> {
    return this.#stream(INJECTED);
  }

  describe(): [string, number] {
    return [this.#ask.name, this.#ask.length];
  }

  misuse(key: string): Promise<string> {
    return this.#ask(key as ApiKey<'acme'>, 'hello');
  }

  static create(name: string): Promise<string[]> {
    return PrivateService.#create(INJECTED, name);
  }
}

describe('#private methods', () => {
  beforeEach(useAllProviders);

  it('receive the key and keep this', async () => {
    const service = new PrivateService();
    await expect(service.ask('hello')).resolves.toBe('me: hello');
    expect(service.calls).toEqual([[first, 'hello']]);
  });

  it('receive the key when they are static', async () => {
    await expect(PrivateService.create('x')).resolves.toEqual(['static me', first, 'x']);
  });

  it('receive the key when they are async generators', async () => {
    const chunks: string[] = [];
    for await (const chunk of new PrivateService().stream()) chunks.push(chunk);
    expect(chunks).toEqual([first, 'me']);
  });

  it('join the running attempt when the key is passed on', async () => {
    const service = new PrivateService();
    await expect(service.passOn(INJECTED, 'fail')).rejects.toSatisfy(AllKeysFailedError.isInstance);
    expect(service.calls.map(([key]) => key)).toEqual(acmeKeys.flatMap((key) => [key, key]));
  });

  it('keep their name and have one parameter less', () => {
    expect(new PrivateService().describe()).toEqual(['#ask', 1]);
  });

  it('are named in the error if they receive a key', async () => {
    await expect(new PrivateService().misuse(first)).rejects.toThrow(/#ask/);
  });
});

describe('members that only standard decorators accept', () => {
  it('cannot be an auto-accessor', () => {
    const define = () => {
      class Service {
        // @ts-expect-error an auto-accessor
        @withAcme
        accessor chat = (apiKey: ApiKey<'acme'>): Promise<string> => Promise.resolve(apiKey);
      }
      return Service;
    };
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
  });

  it('cannot be a #private field', () => {
    const define = () => {
      class Service {
        // @ts-expect-error a field
        @withAcme
        #chat = (apiKey: ApiKey<'acme'>): Promise<string> => Promise.resolve(apiKey);

        chat(): Promise<string> {
          return this.#chat(INJECTED);
        }
      }
      return Service;
    };
    expect(define).toThrow(/@retryWithApiKeyFallback.*#chat/);
  });

  it('cannot be a getter of a matching function', () => {
    const define = () => {
      class Service {
        // @ts-expect-error a getter
        @withAcme
        get chat(): (apiKey: ApiKey<'acme'>) => Promise<string> {
          return (apiKey) => Promise.resolve(apiKey);
        }
      }
      return Service;
    };
    expect(define).toThrow(TypeError);
    expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
  });
});

describe('other standard decorators', () => {
  beforeEach(useAllProviders);

  it('wrap the method above and below', async () => {
    const order: string[] = [];
    function trace<This, Args extends unknown[]>(
      method: (this: This, ...args: Args) => Promise<string>,
      { name }: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Promise<string>>,
    ): (this: This, ...args: Args) => Promise<string> {
      return function (...args) {
        order.push(`${String(name)} ${args.length}`);
        return method.apply(this, args);
      };
    }
    class Service {
      @trace
      @withAcme
      @trace
      async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
        return `${apiKey} ${prompt}`;
      }
    }
    await expect(injectKeys(new Service()).chat('hello')).resolves.toBe(`${first} hello`);
    expect(order).toEqual(['chat 1', 'chat 2']);
  });
});

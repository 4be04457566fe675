import { beforeEach, describe, expect, it } from 'vitest';
import { injectKeys, INJECTED, retryWithApiKeyFallback, type ApiKey } from '../../src/index.ts';
import { watchWarnings } from '../watch-warnings.ts';
import {
  acmeAdapter,
  acmeKeys,
  invalidKey,
  time,
  transient,
  useAllProviders,
  useProvider,
} from './decorator-providers.ts';

const [first, second] = acmeKeys;
const ask = Symbol('ask');

/** Records the arguments of its methods. */
class ChatService {
  readonly received: unknown[][] = [];
  readonly owner = 'chat';

  static readonly received: unknown[][] = [];

  @retryWithApiKeyFallback({ provider: 'acme' })
  async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    this.received.push([apiKey, prompt]);
    return `${this.owner}: ${prompt}`;
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  static async ping(apiKey: ApiKey<'acme'>, host: string): Promise<unknown> {
    this.received.push([apiKey, host]);
    return this;
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  private async hidden(apiKey: ApiKey<'acme'>, value: number): Promise<unknown[]> {
    return [this.owner, apiKey, value];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  protected async guarded(apiKey: ApiKey<'acme'>, value: number): Promise<unknown[]> {
    return [this.owner, apiKey, value];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async [ask](apiKey: ApiKey<'acme'>, prompt: string): Promise<unknown[]> {
    return [this.owner, apiKey, prompt];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async all(apiKey: ApiKey<'acme'>, ...values: unknown[]): Promise<unknown[]> {
    return [apiKey, ...values];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async optional(apiKey: ApiKey<'acme'>, prompt?: string, limit = 10): Promise<unknown[]> {
    return [apiKey, prompt, limit];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async anything(apiKey?: string, prompt?: string): Promise<unknown[]> {
    return [apiKey, prompt];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async pick<T>(apiKey: ApiKey<'acme'>, value: T): Promise<{ apiKey: string; value: T }> {
    return { apiKey, value };
  }

  convert(apiKey: ApiKey<'acme'>, value: string): Promise<string>;
  convert(apiKey: ApiKey<'acme'>, value: number): Promise<number>;
  @retryWithApiKeyFallback({ provider: 'acme' })
  async convert(_apiKey: ApiKey<'acme'>, value: string | number): Promise<string | number> {
    return typeof value === 'string' ? value.toUpperCase() : value + 1;
  }

  callHidden(value: number): Promise<unknown[]> {
    return this.hidden(INJECTED, value);
  }

  callGuarded(value: number): Promise<unknown[]> {
    return this.guarded(INJECTED, value);
  }
}

class InheritingService extends ChatService {
  override readonly owner = 'heir' as 'chat';
}

/** Records the arguments of each attempt and fails as scripted. */
class ScriptedService {
  readonly received: unknown[][] = [];
  readonly script: unknown[];

  constructor(script: unknown[]) {
    this.script = script;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async run(apiKey: ApiKey<'acme'>, ...values: unknown[]): Promise<string> {
    this.received.push([apiKey, ...values]);
    const failure = this.script.shift();
    if (failure !== undefined) throw failure;
    return 'done';
  }
}

export function describeInjection(): void {
  describe('injecting the key', () => {
    beforeEach(() => {
      useAllProviders();
      ChatService.received.length = 0;
    });

    it('injects the active key before the arguments of the caller and keeps this', async () => {
      const service = injectKeys(new ChatService());
      await expect(service.chat('hello')).resolves.toBe('chat: hello');
      expect(service.received).toEqual([[first, 'hello']]);
    });

    it('replaces INJECTED with the active key', async () => {
      const service = new ChatService();
      await expect(service.chat(INJECTED, 'hello')).resolves.toBe('chat: hello');
      expect(service.received).toEqual([[first, 'hello']]);
    });

    it('injectKeys returns the same object or class', () => {
      const service = new ChatService();
      expect(injectKeys(service)).toBe(service);
      expect(injectKeys(ChatService)).toBe(ChatService);
    });

    it('keeps the class as this of a static method', async () => {
      await expect(injectKeys(ChatService).ping('host')).resolves.toBe(ChatService);
      await expect(ChatService.ping(INJECTED, 'host')).resolves.toBe(ChatService);
      expect(ChatService.received).toEqual([
        [first, 'host'],
        [first, 'host'],
      ]);
    });

    it('keeps the subclass as this of an inherited static method', async () => {
      await expect(injectKeys(InheritingService).ping('host')).resolves.toBe(InheritingService);
    });

    it('keeps the instance as this of an inherited method', async () => {
      await expect(injectKeys(new InheritingService()).chat('hello')).resolves.toBe('heir: hello');
    });

    it('decorates private and protected methods', async () => {
      const service = new ChatService();
      await expect(service.callHidden(1)).resolves.toEqual(['chat', first, 1]);
      await expect(service.callGuarded(2)).resolves.toEqual(['chat', first, 2]);
    });

    it('decorates a method whose name is a symbol', async () => {
      await expect(injectKeys(new ChatService())[ask]('hello')).resolves.toEqual(['chat', first, 'hello']);
    });

    it('receives this from the caller like any method', async () => {
      const { chat } = injectKeys(ChatService.prototype);
      const other = Object.assign(new ChatService(), { owner: 'other' });
      await expect(chat.call(other, 'hello')).resolves.toBe('other: hello');
    });

    it('passes rest arguments on in order, with a warning of undefined as the first one', async () => {
      const warned = watchWarnings();
      const service = injectKeys(new ChatService());
      await expect(service.all()).resolves.toEqual([first]);
      await expect(service.all(undefined, 'a', null, undefined)).resolves.toEqual([
        first,
        undefined,
        'a',
        null,
        undefined,
      ]);
      await expect(new ChatService().all(INJECTED, undefined)).resolves.toEqual([first, undefined]);
      expect(warned.mock.calls).toMatchObject([[expect.stringMatching(/^all\(\)/), { code: 'AKF_UNDEFINED_FIRST' }]]);
    });

    it('leaves optional and default parameters to the method', async () => {
      const service = injectKeys(new ChatService());
      await expect(service.optional()).resolves.toEqual([first, undefined, 10]);
      await expect(service.optional('hello')).resolves.toEqual([first, 'hello', 10]);
      await expect(service.optional(undefined, 3)).resolves.toEqual([first, undefined, 3]);
    });

    it('injects into an optional first parameter of type string', async () => {
      const service = new ChatService();
      await expect(service.anything()).resolves.toEqual([first, undefined]);
      await expect(service.anything('hello')).resolves.toEqual([first, 'hello']);
      await expect(service.anything(undefined)).resolves.toEqual([first, undefined]);
      await expect(service.anything(INJECTED, 'hello')).resolves.toEqual([first, 'hello']);
    });

    it('decorates generic methods', async () => {
      const value = { deep: true };
      const picked = await new ChatService().pick(INJECTED, value);
      expect(picked.apiKey).toBe(first);
      expect(picked.value).toBe(value);
    });

    it('decorates overloaded methods', async () => {
      const service = injectKeys(new ChatService());
      await expect(service.convert('a')).resolves.toBe('A');
      await expect(service.convert(1)).resolves.toBe(2);
    });

    it('keeps the name of the method', () => {
      expect(ChatService.prototype.chat.name).toBe('chat');
      expect(ChatService.ping.name).toBe('ping');
      expect(ChatService.prototype[ask].name).toBe('[ask]');
    });

    it('has one parameter less than the method', () => {
      expect(ChatService.prototype.chat).toHaveLength(1);
      expect(ChatService.prototype.all).toHaveLength(0);
      expect(ChatService.prototype.optional).toHaveLength(1);
      expect(ChatService.ping).toHaveLength(1);
    });

    it('keeps the method writable, configurable and non-enumerable', () => {
      const { writable, configurable, enumerable } =
        Object.getOwnPropertyDescriptor(ChatService.prototype, 'chat') ?? {};
      expect({ writable, configurable, enumerable }).toEqual({ writable: true, configurable: true, enumerable: false });
    });

    it('passes the same arguments after the key to every attempt', async () => {
      const argument = { messages: [] };
      const service = injectKeys(new ScriptedService([transient(), transient(), transient()]));
      await expect(service.run(argument, undefined)).resolves.toBe('done');
      expect(service.received.map(([key]) => key)).toEqual([first, first, second, second]);
      for (const [, ...values] of service.received) {
        expect(values).toHaveLength(2);
        expect(values[0]).toBe(argument);
        expect(values[1]).toBeUndefined();
      }
      expect(time.pauses).toEqual([10, 10]);
    });

    it('shares the state of the keys between classes', async () => {
      const spent = injectKeys(new ScriptedService([invalidKey()]));
      await spent.run();
      const service = injectKeys(new ChatService());
      await service.chat('hello');
      expect(service.received).toEqual([[second, 'hello']]);
    });

    it('looks up the manager when the method is called', async () => {
      const service = injectKeys(new ChatService());
      await service.chat('before');
      useProvider(acmeAdapter, ['acme-key-late-00009']);
      await service.chat('after');
      expect(service.received).toEqual([
        [first, 'before'],
        ['acme-key-late-00009', 'after'],
      ]);
    });
  });
}

import { registry, retryWithApiKeyFallback, useApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { ApiKeyFallbackModule, type ApiKeyFallbackModuleOptions } from '@api-key-fallback/nestjs';
import { Controller, Get, Inject, Injectable, Scope, SetMetadata, type Provider, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { lumen, lumenManager } from './lumen.ts';
import { startApp } from './start-app.ts';

const unknown = 'lumem' as typeof lumen;

class Base {
  @retryWithApiKeyFallback({ provider: unknown })
  async ask(_key: ApiKey<typeof lumen>): Promise<void> {}
}

/** Why an application with these classes does not start. */
async function problemOf(
  { providers = [], controllers = [] }: { readonly providers?: Provider[]; readonly controllers?: Type[] },
  options: ApiKeyFallbackModuleOptions = {},
): Promise<string> {
  const imports = [ApiKeyFallbackModule.forRoot({ managers: [lumenManager()], ...options })];
  return startApp({ imports, providers, controllers }).then(
    () => 'starts',
    (error: Error) => error.message,
  );
}

const unknownProvider = 'Unknown provider "lumem" (known: lumen). Did you mean "lumen"?';

describe('the check of decorated methods at the start', () => {
  it('names the class, the method and what to write', async () => {
    class ChatService {
      @retryWithApiKeyFallback({ provider: unknown })
      async chat(_key: ApiKey<typeof lumen>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: lumen, pool: 'batch' })
      async batch(_key: ApiKey<typeof lumen>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: lumen, key: 'LUMEN_3' })
      async pinned(_key: ApiKey<typeof lumen>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: lumen, inject: 'client' })
      async client(_client: unknown): Promise<void> {}

      @retryWithApiKeyFallback()
      async nothing(_key: never): Promise<void> {}

      @retryWithApiKeyFallback({ provider: lumen })
      async fine(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    expect((await problemOf({ providers: [ChatService] })).split('\n')).toEqual([
      '5 decorated methods cannot be called:',
      expect.stringContaining(`- ChatService.chat(): ${unknownProvider}`),
      expect.stringContaining('- ChatService.batch(): Unknown pool "batch" of "lumen" (known: default).'),
      '- ChatService.pinned(): No key of Lumen has the label or id "LUMEN_3", to which the call is pinned.',
      '- ChatService.client(): The adapter of "lumen" makes no clients; use { inject: \'key\' }.',
      expect.stringContaining('- ChatService.nothing(): nothing() has no provider. Pass { provider }'),
      'Correct this, or pass { checkMethods: false } to ApiKeyFallbackModule to find it at the first call.',
    ]);
  });

  it('finds a provider without keys', async () => {
    registry.registerDefault('openai-like', () => {
      throw new Error('No API key for OpenAI');
    });
    class Service {
      @retryWithApiKeyFallback({ provider: 'openai-like' as typeof lumen })
      async ask(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    expect(await problemOf({ providers: [Service] })).toContain('- Service.ask(): No API key for OpenAI');
    registry.unregister('openai-like');
  });

  it('finds methods that a class inherits, once for each class', async () => {
    @Injectable()
    class Heir extends Base {}
    @Injectable()
    class OtherHeir extends Base {}
    const problem = await problemOf({ providers: [Heir, OtherHeir, { provide: 'alias', useExisting: Heir }] });
    expect(problem).toContain(`2 decorated methods cannot be called:\n- Heir.ask(): ${unknownProvider}`);
    expect(problem).toContain(`- OtherHeir.ask(): ${unknownProvider}`);
  });

  it('tells symbols with the same name apart', async () => {
    const [first, second] = [Symbol('ask'), Symbol('ask')];
    @Injectable()
    class Symbols {
      [first](): void {}

      @retryWithApiKeyFallback({ provider: unknown })
      async [second](_apiKey: string): Promise<void> {}
    }
    expect(await problemOf({ providers: [Symbols] })).toContain(`- Symbols.Symbol(ask)(): ${unknownProvider}`);
  });

  it('takes the options of the class into account, and the method that overrides another', async () => {
    @useApiKeyFallback({ provider: lumen })
    class ByClass {
      @retryWithApiKeyFallback()
      async ask(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    class Overriding extends Base {
      override async ask(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    expect(await problemOf({ providers: [ByClass, Overriding] })).toBe('starts');
    @useApiKeyFallback({ provider: unknown })
    class ByUnknown extends ByClass {}
    await registry.close();
    expect(await problemOf({ providers: [ByUnknown] })).toContain('- ByUnknown.ask(): Unknown provider "lumem"');
  });

  it.each<[string, Scope]>([
    ['request', Scope.REQUEST],
    ['transient', Scope.TRANSIENT],
  ])('finds methods of classes with the scope %s, and of those that inject them', async (_name, scope) => {
    @Injectable({ scope })
    class Scoped extends Base {}
    @Controller()
    class Scopes {
      constructor(@Inject(Scoped) readonly scoped: Scoped) {}

      @Get('ask')
      @retryWithApiKeyFallback({ provider: unknown })
      async handle(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    @Injectable()
    class OfRequest extends Base {
      constructor(@Inject(REQUEST) readonly request: unknown) {
        super();
      }
    }
    const problem = await problemOf({ providers: [Scoped, OfRequest], controllers: [Scopes] });
    expect(problem).toContain('3 decorated methods cannot be called:');
    for (const name of ['Scoped.ask', 'Scopes.handle', 'OfRequest.ask']) expect(problem).toContain(`- ${name}(): `);
  });

  it('finds methods of objects from factories and values, and static ones', async () => {
    class Made extends Base {}
    class Value extends Base {}
    class Static extends Base {
      @retryWithApiKeyFallback({ provider: unknown })
      static async answer(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    const problem = await problemOf({
      providers: [
        { provide: 'made', useFactory: async () => new Made() },
        { provide: 'value', useValue: new Value() },
        { provide: 'text', useValue: 'text' },
        { provide: 'nothing', useFactory: () => undefined },
        { provide: 'bare', useValue: Object.create(null) },
        { provide: 'list', useValue: [] },
        Static,
      ],
    });
    for (const name of ['Made.ask', 'Value.ask', 'Static.answer']) expect(problem).toContain(`- ${name}(): `);
  });

  it('finds methods below and above other decorators, and calls no getter', async () => {
    const Noted = SetMetadata('note', 'noted');
    class Service {
      get broken(): never {
        throw new Error('A getter was called.');
      }

      @Noted
      @retryWithApiKeyFallback({ provider: unknown })
      async above(_key: ApiKey<typeof lumen>): Promise<void> {}

      @retryWithApiKeyFallback({ provider: unknown })
      @Noted
      async below(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    const problem = await problemOf({ providers: [Service] });
    expect(problem).toContain('- Service.above(): ');
    expect(problem).toContain('- Service.below(): ');
  });

  it('leaves a pool that a function names to the call', async () => {
    class Service {
      @retryWithApiKeyFallback({ provider: lumen, pool: () => 'tenant' })
      async ask(_key: ApiKey<typeof lumen>): Promise<void> {}
    }
    expect(await problemOf({ providers: [Service] })).toBe('starts');
  });

  it('can be switched off', async () => {
    expect(await problemOf({ providers: [Base] }, { checkMethods: false })).toBe('starts');
  });

  it('closes the managers of an application that does not start', async () => {
    await problemOf({ providers: [Base] });
    expect(registry.managers()).toEqual([]);
  });

  it('shows a wrong option of a decorator when the class is defined', () => {
    expect(() => {
      class Service {
        @retryWithApiKeyFallback({ provider: lumen, maxRetries: 0 })
        async ask(_key: ApiKey<typeof lumen>): Promise<void> {}
      }
      return Service;
    }).toThrow('"maxRetries" must be an integer of at least 1');
  });
});

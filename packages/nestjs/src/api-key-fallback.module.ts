import {
  ConfigurableModuleBuilder,
  Module,
  type ConfigurableModuleCls,
  type DynamicModule,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, DiscoveryModule, DiscoveryService, ModuleRef } from '@nestjs/core';
import type { ProviderName } from '@api-key-fallback/core';
import { ApiKeyFallbackFilter } from './api-key-fallback.filter.ts';
import { getKeyManagerToken, type KeyManagerRef } from './key-manager-token.ts';
import { KeyManagers } from './key-managers.ts';
import {
  checkModuleOptions,
  checkRefs,
  namesProvider,
  type ApiKeyFallbackAsyncExtras,
  type ApiKeyFallbackModuleAsyncOptions,
  type ApiKeyFallbackModuleOptions,
  type ApiKeyFallbackOptions,
} from './module-options.ts';
import { RequestPoolInterceptor } from './request-pool.interceptor.ts';

/**
 * The token of the options of `ApiKeyFallbackModule`, for tests that replace all managers.
 *
 * @example
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(API_KEY_FALLBACK_OPTIONS)
 *   .useValue({ managers: [createTestManager(openaiAdapter)] });
 */
export const API_KEY_FALLBACK_OPTIONS: unique symbol = Symbol('API_KEY_FALLBACK_OPTIONS');

const host = new ConfigurableModuleBuilder<ApiKeyFallbackOptions>({ optionsInjectionToken: API_KEY_FALLBACK_OPTIONS })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createApiKeyFallbackOptions')
  .setExtras<ApiKeyFallbackAsyncExtras>({ isGlobal: true, answerErrors: true, provides: [] }, defineModule)
  .build();

const ConfigurableModule: ConfigurableModuleCls<
  ApiKeyFallbackOptions,
  'forRoot',
  'createApiKeyFallbackOptions',
  ApiKeyFallbackAsyncExtras
> = host.ConfigurableModuleClass;

/**
 * Brings key managers into Nest: they can be injected, Nest's logger writes their log, decorated methods are checked before the
 * application starts, and managers are closed when it has shut down.
 *
 * @example
 * \@Module({ imports: [ApiKeyFallbackModule.forRoot({ managers: ['openai'] })], providers: [ChatService] })
 * export class AppModule {}
 */
@Module({})
export class ApiKeyFallbackModule extends ConfigurableModule {
  /**
   * Makes the module with these options.
   *
   * The application does not start with an invalid option, with a manager for a provider and pool that has another one, or with a name
   * that the registry does not know.
   */
  static override forRoot(options: ApiKeyFallbackModuleOptions = {}): DynamicModule {
    const { managers } = options;
    // The application refuses a wrong list when it starts.
    return super.forRoot({ ...options, provides: Array.isArray(managers) ? managers.filter(namesProvider) : [] });
  }

  /**
   * Makes the module with options that a function or a class returns, for example from `ConfigService`. Name the managers that can be
   * injected in `provides`.
   *
   * @example
   * ApiKeyFallbackModule.forRootAsync({
   *   provides: ['openai'],
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ managers: [new OpenAIKeyManager(config.getOrThrow('openaiKeys'))] }),
   * })
   */
  static override forRootAsync(options: ApiKeyFallbackModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }
}

function defineModule(
  definition: DynamicModule,
  { isGlobal, answerErrors, provides = [] }: ApiKeyFallbackAsyncExtras,
): DynamicModule {
  checkRefs('provides', provides);
  const refs = provides.map(refOf);
  const byToken = new Map(refs.map((ref) => [getKeyManagerToken(ref.provider, ref.pool), ref]));
  const tokens = [...byToken.keys()];
  const managers = [...byToken].map(([provide, ref]): Provider => ({
    provide,
    useFactory: (all: KeyManagers) => all.get(ref),
    inject: [KeyManagers],
  }));
  return {
    ...definition,
    global: isGlobal ?? true,
    imports: [...(definition.imports ?? []), DiscoveryModule],
    providers: [
      ...(definition.providers ?? []),
      keyManagersOf([...byToken.values()]),
      requestPoolInterceptor,
      ...(answerErrors === false ? [] : [filter]),
      ...managers,
    ],
    exports: tokens,
  };
}

function refOf(given: ProviderName | KeyManagerRef): KeyManagerRef {
  return typeof given === 'string' ? { provider: given } : given;
}

function keyManagersOf(refs: readonly KeyManagerRef[]): Provider {
  return {
    provide: KeyManagers,
    useFactory: (options: ApiKeyFallbackOptions, discovery: DiscoveryService, moduleRef: ModuleRef) =>
      new KeyManagers({ options, refs, discovery, moduleRef }),
    inject: [API_KEY_FALLBACK_OPTIONS, DiscoveryService, ModuleRef],
  };
}

const requestPoolInterceptor: Provider = {
  provide: APP_INTERCEPTOR,
  useFactory: (options: ApiKeyFallbackOptions) => new RequestPoolInterceptor(checkModuleOptions(options)),
  inject: [API_KEY_FALLBACK_OPTIONS],
};

const filter: Provider = { provide: APP_FILTER, useClass: ApiKeyFallbackFilter };

import type { ConfigurableModuleAsyncOptions, ExecutionContext } from '@nestjs/common';
import type { ApiKeyManager, ProviderName } from '@api-key-fallback/core';
import { checkOption, checkOptionNames, readField } from '@api-key-fallback/core/adapter';
import type { KeyManagerRef } from './key-manager-token.ts';

/** Options of `ApiKeyFallbackModule`. */
export interface ApiKeyFallbackOptions {
  /**
   * The key managers that can be injected. A key manager is registered when the module is made, and closed with the application. A name
   * takes the manager of the registry, such as the default one of an adapter package that you import.
   *
   * @default none; decorated methods find the managers of the registry without it
   */
  readonly managers?: readonly (ApiKeyManager | ProviderName | KeyManagerRef)[];
  /**
   * Names the pool of a request, for example that of its tenant, for methods with `pool: requestPool`. Called at each call of such a
   * method, after the guards, so it can read what they have added to the request. `undefined` names the default pool. Not async.
   *
   * @default none: `requestPool` finds only what `runInPool()` has set
   * @example
   * ({ pool: (context) => context.switchToHttp().getRequest().user.tenant })
   */
  readonly pool?: (context: ExecutionContext) => string | undefined;
  /** Whether Nest's `Logger` writes the log of all managers that have no `logger` of their own. @default true */
  readonly useNestLogger?: boolean;
  /** Whether Nest's `Logger` gets the fields of each line too, for a log in JSON. @default false */
  readonly logFields?: boolean;
  /** Whether the application only starts if the decorated methods of all its classes can be called. @default true */
  readonly checkMethods?: boolean;
  /** Whether the managers are closed when the application has shut down, so that their stores get what they lack. @default true */
  readonly closeOnShutdown?: boolean;
}

/** What is known of a module before its options are. */
interface ApiKeyFallbackExtras {
  /** Whether all modules can inject the managers without importing this one. @default true */
  isGlobal?: boolean;
  /**
   * Whether `ApiKeyFallbackFilter` answers failed calls in the whole application. Without it, Nest answers 500, and its logger prints the
   * `cause` of the error, in which some providers repeat the key. @default true
   */
  answerErrors?: boolean;
}

/** The same, with the managers. */
export interface ApiKeyFallbackAsyncExtras extends ApiKeyFallbackExtras {
  /** The key managers that can be injected, by name: Nest needs the names before `useFactory` runs. @default none */
  provides?: readonly (ProviderName | KeyManagerRef)[];
}

/** Options of `ApiKeyFallbackModule.forRoot()`. */
export type ApiKeyFallbackModuleOptions = ApiKeyFallbackOptions & ApiKeyFallbackExtras;

/** Options of `ApiKeyFallbackModule.forRootAsync()`: `useFactory` with `inject`, `useClass` or `useExisting`. */
export type ApiKeyFallbackModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  ApiKeyFallbackOptions,
  'createApiKeyFallbackOptions'
> &
  ApiKeyFallbackAsyncExtras;

/** A class for `useClass` or `useExisting` of `forRootAsync()`. */
export interface ApiKeyFallbackOptionsFactory {
  createApiKeyFallbackOptions(): ApiKeyFallbackOptions | Promise<ApiKeyFallbackOptions>;
}

const switches = ['useNestLogger', 'logFields', 'checkMethods', 'closeOnShutdown'] as const;
const optionNames = new Set(['managers', 'pool', ...switches]);

/** Returns the options. @throws InvalidOptionsError naming the option and its value. */
export function checkModuleOptions(options: ApiKeyFallbackOptions): ApiKeyFallbackOptions {
  checkOptionNames('options', options, optionNames, "{ managers: ['openai'] }");
  const { managers = [], pool } = options;
  checkRefs('managers', managers);
  checkOption(pool === undefined || typeof pool === 'function', 'pool', pool, 'a function of the context');
  for (const name of switches) {
    const value: unknown = options[name];
    checkOption(value === undefined || typeof value === 'boolean', name, value, 'true or false');
  }
  return options;
}

/** @throws InvalidOptionsError for anything but a list whose items name a provider. */
export function checkRefs(option: 'managers' | 'provides', refs: unknown): void {
  const wanted = "a list of key managers and names, such as ['openai']";
  checkOption(Array.isArray(refs), option, refs, wanted);
  for (const ref of refs as readonly unknown[]) checkOption(namesProvider(ref), option, ref, wanted);
}

/** Whether it is a key manager, the name of a provider, or the name of a provider and pool. */
export function namesProvider(ref: unknown): boolean {
  return typeof (typeof ref === 'string' ? ref : readField(ref, 'provider')) === 'string';
}

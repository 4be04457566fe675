import type { OnApplicationBootstrap, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { DiscoveryService, ModuleRef } from '@nestjs/core';
import { ApiKeyManager, InvalidOptionsError, registry, setDefaultLogger } from '@api-key-fallback/core';
import { arrivedManagers } from './arrived-managers.ts';
import { checkDecoratedMethods } from './decorated-methods.ts';
import { getKeyManagerToken, type KeyManagerRef } from './key-manager-token.ts';
import { checkModuleOptions, type ApiKeyFallbackOptions } from './module-options.ts';
import { nestLogger } from './nest-logger.ts';

interface KeyManagersContext {
  readonly options: ApiKeyFallbackOptions;
  /** The managers that can be injected. */
  readonly refs: readonly KeyManagerRef[];
  readonly discovery: DiscoveryService;
  readonly moduleRef: ModuleRef;
}

/** Registers the managers of a module, and closes them with the application. */
export class KeyManagers implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #context: KeyManagersContext;
  readonly #own = new Set<ApiKeyManager>();
  readonly #endLog: () => void;
  /** Whether the application was made. One that was not never shuts down. */
  #isMade = false;
  #closing: Promise<void> | undefined;

  constructor(context: KeyManagersContext) {
    const { options } = context;
    checkModuleOptions(options);
    this.#context = context;
    this.#endLog =
      options.useNestLogger === false ? () => {} : setDefaultLogger(nestLogger({ fields: options.logFields === true }));
    try {
      for (const manager of options.managers ?? []) if (manager instanceof ApiKeyManager) this.#register(manager);
    } catch (error) {
      void this.onApplicationShutdown();
      throw error;
    }
  }

  /** Returns a manager that can be injected. Makes a default one at the first use. */
  get({ provider, pool }: KeyManagerRef): ApiKeyManager {
    const before = registry.managers();
    const manager = registry.get(provider, pool);
    if (!before.includes(manager)) this.#own.add(manager);
    return manager;
  }

  /** Decorated methods use the managers of the injector too, also those by which a test has replaced others. */
  async onModuleInit(): Promise<void> {
    this.#isMade = true;
    arrivedManagers.enter();
    await this.#orClose(() => {
      for (const ref of this.#context.refs) this.#registerInjected(ref);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#context.options.checkMethods === false) return;
    await this.#orClose(() => checkDecoratedMethods(this.#context.discovery));
  }

  onApplicationShutdown(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /** Nest does not shut down what did not start. */
  async #orClose(start: () => void): Promise<void> {
    try {
      start();
    } catch (error) {
      await this.onApplicationShutdown();
      throw error;
    }
  }

  #registerInjected({ provider, pool = 'default' }: KeyManagerRef): void {
    const token = getKeyManagerToken(provider, pool);
    const manager: unknown = this.#context.moduleRef.get(token, { strict: true });
    if (!(manager instanceof ApiKeyManager)) return;
    if (manager.provider !== provider || manager.pool !== pool) {
      throw new InvalidOptionsError(
        `The provider ${token} was replaced by a manager of "${manager.provider}" in the pool "${manager.pool}". Pass one of ` +
          `"${provider}" in the pool "${pool}".`,
      );
    }
    this.#register(manager, true);
  }

  async #close(): Promise<void> {
    const arrived = this.#isMade ? arrivedManagers.leave() : [];
    const managers = [...new Set([...this.#own, ...arrived])];
    try {
      if (this.#context.options.closeOnShutdown !== false) await registry.close({ managers });
    } finally {
      this.#endLog();
    }
  }

  /** A manager that is registered already belongs to the code that has registered it. */
  #register(manager: ApiKeyManager, replace = false): void {
    if (registry.managers().includes(manager)) return;
    registry.register(manager, { replace });
    this.#own.add(manager);
  }
}

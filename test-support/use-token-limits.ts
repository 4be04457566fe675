import { registry, type ApiKeyManager, type KeyManagerOptions } from '../packages/core/src/index.ts';
import { startProviderServer, type ProviderServer } from '../packages/testing/src/index.ts';
import { afterEach, beforeEach } from 'vitest';

/** A provider's server and a manager for it, whose only key has a limit of tokens. */
export interface TokenLimits<Manager> {
  readonly server: ProviderServer;
  readonly manager: Manager;
  /** What is used of the limits: of tokens, and of running attempts. */
  used(): readonly unknown[];
}

/** Gives each test a server and a registered manager, which `make` creates. */
export function useTokenLimits<Manager extends ApiKeyManager>(
  make: (server: ProviderServer, options: KeyManagerOptions) => Manager,
): TokenLimits<Manager> {
  let server: ProviderServer;
  let manager: Manager;

  beforeEach(async () => {
    server = await startProviderServer({ otherwise: 'ok' });
    manager = make(server, { limits: { tokensPerMinute: 1000, concurrency: 9 }, logger: false });
    registry.register(manager, { replace: true });
  });

  afterEach(async () => {
    registry.unregister(manager.provider);
    await server.close();
  });

  return {
    get server() {
      return server;
    },
    get manager() {
      return manager;
    },
    used: () => manager.status().keys[0]?.limits?.map((limit) => limit.used) ?? [],
  };
}

import {
  ApiKeyManager,
  customProvider,
  registry,
  retryWithApiKeyFallback,
  useApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { checkDecorated } from '@api-key-fallback/core/adapter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const scripted = customProvider('scripted');
const unknown = customProvider('unknown');
const lazy = customProvider('lazy');

class Service {
  @retryWithApiKeyFallback({ provider: scripted, key: 'main' })
  async fine(_key: ApiKey<typeof scripted>): Promise<void> {}

  async plain(_key: string): Promise<void> {}

  @retryWithApiKeyFallback({ provider: unknown })
  async unknownProvider(_key: ApiKey<typeof unknown>): Promise<void> {}

  @retryWithApiKeyFallback({ provider: scripted, pool: 'acme' })
  async unknownPool(_key: ApiKey<typeof scripted>): Promise<void> {}

  @retryWithApiKeyFallback({ provider: scripted, pool: () => 'acme' })
  async poolOfCall(_key: ApiKey<typeof scripted>): Promise<void> {}

  @retryWithApiKeyFallback({ provider: unknown, pool: () => 'acme' })
  async poolOfUnknown(_key: ApiKey<typeof unknown>): Promise<void> {}

  @retryWithApiKeyFallback({ provider: lazy, pool: () => 'acme' })
  async lazyPool(_key: ApiKey<typeof lazy>): Promise<void> {}

  @retryWithApiKeyFallback({ provider: scripted, key: 'spare' })
  async unknownKey(_key: ApiKey<typeof scripted>): Promise<void> {}

  @retryWithApiKeyFallback({ provider: scripted, inject: 'client' })
  async client(_client: object): Promise<void> {}
}

class OfClass {
  @retryWithApiKeyFallback()
  async ask(_key: never): Promise<void> {}
}

@useApiKeyFallback({ provider: unknown })
class Heir extends OfClass {}

beforeEach(() => {
  const keys = [{ key: 'K1', label: 'main' }];
  registry.register(new ApiKeyManager(scriptedAdapter, keys, { logger: false, runtime: new FakeRuntime() }));
  registry.registerPools(lazy, () => undefined);
});
afterEach(() => {
  registry.unregister(scripted);
  registry.unregister(lazy);
});

function problemOf(method: unknown, owner: unknown = Service): string | boolean {
  try {
    return checkDecorated(method, owner);
  } catch (error) {
    return (error as Error).message;
  }
}

describe('checkDecorated()', () => {
  const { prototype } = Service;

  it('says which methods are decorated', () => {
    expect([problemOf(prototype.fine), problemOf(prototype.plain), problemOf('fine')]).toEqual([true, false, false]);
  });

  it('finds an unknown provider and an unknown pool', () => {
    expect(problemOf(prototype.unknownProvider)).toContain('Unknown provider "unknown" (known: ');
    expect(problemOf(prototype.unknownPool)).toContain('Unknown pool "acme" of "scripted" (known: default).');
  });

  it('leaves a pool that a function names to the call, but not its provider', () => {
    expect([problemOf(prototype.poolOfCall), problemOf(prototype.lazyPool)]).toEqual([true, true]);
    expect(problemOf(prototype.poolOfUnknown)).toContain('Unknown provider "unknown"');
  });

  it('finds a key that does not exist, unless the keys are not loaded yet', () => {
    expect(problemOf(prototype.unknownKey)).toBe(
      'No key of Scripted has the label or id "spare", to which the call is pinned.',
    );
    const loading = new ApiKeyManager(scriptedAdapter, async () => ['K1'], { logger: false });
    registry.register(loading, { replace: true });
    expect(problemOf(prototype.unknownKey)).toBe(true);
  });

  it('finds an adapter that makes no clients', () => {
    expect(problemOf(prototype.client)).toBe('The adapter of "scripted" makes no clients; use { inject: \'key\' }.');
  });

  it('takes the provider of the class into account, also from an object of it', () => {
    const { ask } = OfClass.prototype;
    expect(problemOf(ask, OfClass)).toContain('ask() has no provider. Pass { provider } to its decorator');
    expect(problemOf(ask, Heir)).toContain('Unknown provider "unknown"');
    expect(problemOf(ask, new Heir())).toContain('Unknown provider "unknown"');
  });
});

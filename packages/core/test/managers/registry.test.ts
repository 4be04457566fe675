import * as core from '@api-key-fallback/core';
import {
  ApiKeyManager,
  customProvider,
  InvalidOptionsError,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  UnknownProviderError,
  type ApiKey,
} from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KeyManagerRegistry } from '../../src/managers/registry.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const house = customProvider('house');
const guest = customProvider('guest');

function managerOf(provider: string, key = 'K1'): ApiKeyManager {
  return new ApiKeyManager({ ...scriptedAdapter, name: provider }, [key], { logger: false });
}

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('the registry', () => {
  it('returns the registered manager', () => {
    const manager = managerOf(house);
    registry.register(manager);
    expect(registry.get(house)).toBe(manager);
    expect([registry.has('house'), registry.has('guest')]).toEqual([true, false]);
    expect([registry.isKnown('house'), registry.isKnown('guest')]).toEqual([true, false]);
    expect(registry.list()).toEqual(['house']);
  });

  it('removes a manager', () => {
    registry.register(managerOf(house));
    expect(registry.unregister('house')).toBe(true);
    expect(registry.unregister('house')).toBe(false);
    expect(registry.has('house')).toBe(false);
    expect(() => registry.get(house)).toThrow(UnknownProviderError);
  });

  it('rejects a second manager for one provider without { replace: true }', () => {
    const [first, second] = [managerOf(house), managerOf(house, 'K2')];
    registry.register(first);
    expect(() => registry.register(second)).toThrow(InvalidOptionsError);
    expect(() => registry.register(second)).toThrow(/house/);
    expect(registry.get(house)).toBe(first);
    registry.register(first);
    registry.register(second, { replace: true });
    expect(registry.get(house)).toBe(second);
  });

  it.each([undefined, null, {}, 'house', { provider: 'house' }])('rejects %j, which is not a manager', (value) => {
    expect(() => registry.register(value as never)).toThrow(InvalidOptionsError);
    expect(registry.list()).toEqual([]);
  });

  it('creates a default manager once, at first use', () => {
    const create = vi.fn<() => ApiKeyManager>(() => managerOf(house));
    registry.registerDefault('house', create);
    expect([registry.has('house'), registry.isKnown('house'), registry.list()]).toEqual([false, true, ['house']]);
    expect(create).not.toHaveBeenCalled();
    expect(registry.get(house)).toBe(registry.get(house));
    expect(create).toHaveBeenCalledTimes(1);
    expect(registry.has('house')).toBe(false);
  });

  it('lets an explicit manager replace a default, before and after its first use, in either order', () => {
    const explicit = managerOf(house);
    registry.registerDefault('house', () => managerOf(house));
    registry.register(explicit);
    expect(registry.get(house)).toBe(explicit);

    registry.unregister('house');
    registry.registerDefault('house', () => managerOf(house));
    expect(registry.get(house)).not.toBe(explicit);
    registry.register(explicit);
    expect(registry.get(house)).toBe(explicit);

    registry.registerDefault('house', () => managerOf(house));
    expect(registry.get(house)).toBe(explicit);
  });

  it('retries to create a default manager that found no keys', () => {
    const create = vi.fn<() => ApiKeyManager>(() => managerOf(house));
    create.mockImplementationOnce(() => {
      throw new NoApiKeysError('no key');
    });
    registry.registerDefault('house', create);
    expect(() => registry.get(house)).toThrow(NoApiKeysError);
    expect(registry.get(house).provider).toBe('house');
  });

  it('can be constructed separately from the process-wide one', () => {
    const own = new KeyManagerRegistry();
    own.register(managerOf(house));
    expect(own.list()).toEqual(['house']);
    expect(registry.list()).toEqual([]);
  });
});

describe('an unknown provider', () => {
  it('is named with the known providers and a hint', () => {
    registry.register(managerOf(house));
    registry.register(managerOf(guest));
    const attempt = () => registry.get(customProvider('in-house'));
    expect(attempt).toThrow(UnknownProviderError);
    for (const part of ['in-house', 'house', 'guest', 'register']) expect(attempt).toThrow(part);
  });

  it.each(['openai', 'anthropic', 'gemini', 'youtube', 'rapidapi'])(
    '%s is named with the package to install',
    (provider) => {
      expect(() => registry.get(customProvider(provider))).toThrow(`@api-key-fallback/${provider}`);
    },
  );

  it('rejects a call without an attempt', async () => {
    const method = vi.fn<() => void>();
    class Service {
      @retryWithApiKeyFallback({ provider: house })
      async run(_apiKey: ApiKey<typeof house>): Promise<void> {
        method();
      }
    }
    const error = await new Service().run(core.INJECTED).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnknownProviderError);
    expect(error).toMatchObject({ code: 'UNKNOWN_PROVIDER', provider: 'house' });
    expect(core.AllKeysFailedError.isInstance(error)).toBe(false);
    expect(method).not.toHaveBeenCalled();
  });
});

describe('methods of different classes', () => {
  it('share the state of a provider’s keys', async () => {
    const adapter = { ...scriptedAdapter, name: house };
    registry.register(new ApiKeyManager(adapter, ['K1', 'K2'], { logger: false }));
    const calls: string[] = [];
    class First {
      @retryWithApiKeyFallback({ provider: house })
      async a(apiKey: ApiKey<typeof house>): Promise<string> {
        calls.push(`a ${apiKey}`);
        if (apiKey === 'K1') throw Object.assign(new Error('bad key'), { status: 401 });
        return apiKey;
      }
    }
    class Second {
      @retryWithApiKeyFallback({ provider: house })
      async b(apiKey: ApiKey<typeof house>): Promise<string> {
        calls.push(`b ${apiKey}`);
        return apiKey;
      }
    }
    await new First().a(core.INJECTED);
    await new Second().b(core.INJECTED);
    expect(calls).toEqual(['a K1', 'a K2', 'b K2']);
  });
});

describe('two copies of this package in one process', () => {
  async function secondCopy(): Promise<typeof core> {
    vi.resetModules();
    const copy = await import('@api-key-fallback/core');
    expect(copy.ApiKeyManager).not.toBe(ApiKeyManager);
    return copy;
  }

  it('share the registry, and can use each other’s managers', async () => {
    const copy = await secondCopy();
    const [ours, theirs] = [
      managerOf(house),
      new copy.ApiKeyManager({ ...scriptedAdapter, name: guest }, ['K2'], { logger: false }),
    ];
    registry.register(ours);
    copy.registry.register(theirs);
    expect(copy.registry.get(house)).toBe(ours);
    expect(registry.get(guest)).toBe(theirs);
    await expect(copy.callWithFallback(ours, (key) => key)).resolves.toBe('K1');
    await expect(core.callWithFallback(theirs, (key) => key)).resolves.toBe('K2');
  });

  it('recognise each other’s errors', async () => {
    const copy = await secondCopy();
    const theirs = new copy.ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });
    const error = await core
      .callWithFallback(theirs, () => Promise.reject(new Error('down')), { maxRetries: 1 })
      .catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(core.AllKeysFailedError);
    expect(core.AllKeysFailedError.isInstance(error)).toBe(true);
    expect(core.ApiKeyFallbackError.isInstance(error)).toBe(true);
    expect(core.NoApiKeysError.isInstance(error)).toBe(false);
  });

  it('see each other’s attempts', async () => {
    const copy = await secondCopy();
    await core.callWithFallback(managerOf(house), (_key, attempt) => {
      expect(copy.currentAttempt(house)).toBe(attempt);
    });
  });

  it('redact each other’s keys', async () => {
    const copy = await secondCopy();
    const key = 'recognisable-key-of-the-other-copy';
    expect(new copy.ApiKeyManager(scriptedAdapter, [key], { logger: false }).getAllKeys()).toEqual([key]);
    const call = core.callWithFallback(managerOf(house), () => Promise.reject(new Error(`bad key ${key}`)), {
      maxRetries: 1,
    });
    const error = (await call.catch((thrown: unknown) => thrown)) as core.AllKeysFailedError;
    expect(error.errors.map(String).join('\n')).not.toContain('recognisable');
  });
});

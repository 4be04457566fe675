import { INJECTED, NoApiKeysError, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { API_KEY_FALLBACK_OPTIONS, ApiKeyFallbackModule, getKeyManagerToken } from '@api-key-fallback/nestjs';
import { createTestManager } from '@api-key-fallback/testing';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lumen, lumenAdapter, lumenManager } from './lumen.ts';

class AskService {
  @retryWithApiKeyFallback({ provider: lumen })
  async ask(apiKey: ApiKey<typeof lumen>): Promise<string> {
    return apiKey;
  }
}

afterEach(async () => {
  await registry.close();
  registry.unregister(lumen);
});

describe('a manager that a test has replaced', () => {
  it('is used by decorated methods, and closed with the application', async () => {
    const real = lumenManager();
    const manager = createTestManager(lumenAdapter);
    const module = await Test.createTestingModule({
      imports: [ApiKeyFallbackModule.forRoot({ managers: [real] })],
      providers: [AskService],
    })
      .overrideProvider(getKeyManagerToken(lumen))
      .useValue(manager)
      .compile();
    await module.init();
    expect(module.get(getKeyManagerToken(lumen))).toBe(manager);
    expect(await module.get(AskService).ask(INJECTED)).toBe(manager.getAllKeys()[0]);
    const closed = [real, manager].map((each) => vi.spyOn(each, 'close'));
    await module.close();
    expect(closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    expect(registry.managers()).toEqual([]);
  });

  it('needs no keys of the provider', async () => {
    registry.registerDefault(lumen, () => {
      throw new NoApiKeysError('No API key for Lumen');
    });
    const manager = createTestManager(lumenAdapter);
    const module = await Test.createTestingModule({
      imports: [ApiKeyFallbackModule.forRoot({ managers: [lumen] })],
      providers: [AskService],
    })
      .overrideProvider(getKeyManagerToken(lumen))
      .useValue(manager)
      .compile();
    await module.init();
    expect(await module.get(AskService).ask(INJECTED)).toBe(manager.getAllKeys()[0]);
    await module.close();
  });

  it('can be anything, if decorated methods do not need it', async () => {
    const module = await Test.createTestingModule({ imports: [ApiKeyFallbackModule.forRoot({ managers: [lumen] })] })
      .overrideProvider(getKeyManagerToken(lumen))
      .useValue({ status: () => 'fake' })
      .compile();
    await module.init();
    expect(module.get<{ status(): string }>(getKeyManagerToken(lumen)).status()).toBe('fake');
    await module.close();
  });

  it('must be of the same provider and pool', async () => {
    const managers = [lumenManager({ pool: 'batch' })];
    const module = await Test.createTestingModule({ imports: [ApiKeyFallbackModule.forRoot({ managers })] })
      .overrideProvider(getKeyManagerToken(lumen, 'batch'))
      .useValue(createTestManager(lumenAdapter))
      .compile();
    await expect(module.init()).rejects.toThrow(
      'The provider ApiKeyManager:lumen/batch was replaced by a manager of "lumen" in the pool "default".',
    );
    expect(registry.managers()).toEqual([]);
  });

  it('can replace all managers by the options', async () => {
    const manager = createTestManager(lumenAdapter);
    const useFactory = (): never => {
      throw new Error('No configuration in tests');
    };
    const module = await Test.createTestingModule({
      imports: [ApiKeyFallbackModule.forRootAsync({ provides: [lumen], useFactory })],
      providers: [AskService],
    })
      .overrideProvider(API_KEY_FALLBACK_OPTIONS)
      .useValue({ managers: [manager] })
      .compile();
    await module.init();
    expect(await module.get(AskService).ask(INJECTED)).toBe(manager.getAllKeys()[0]);
    expect(module.get(getKeyManagerToken(lumen))).toBe(manager);
    await module.close();
  });
});

import {
  ApiKeyManager,
  health,
  INJECTED,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
  type KeyManagerOf,
} from '@api-key-fallback/core';
import { ApiKeyFallbackModule, getKeyManagerToken, InjectKeyManager } from '@api-key-fallback/nestjs';
import { Controller, Get, Inject, Injectable, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it, vi } from 'vitest';
import { lumen, lumenAdapter, lumenKeys, lumenManager, rateLimited } from './lumen.ts';
import { RecordedLog } from './record-log.ts';
import { moduleOf, startApp } from './start-app.ts';

@Injectable()
class ChatService {
  readonly failing = new Set<string>();

  @retryWithApiKeyFallback({ provider: lumen, maxRetries: 1, delay: 0 })
  async chat(apiKey: ApiKey<typeof lumen>, prompt: string): Promise<string> {
    if (this.failing.has(apiKey)) throw rateLimited();
    return `You said: ${prompt}`;
  }
}

@Controller()
class ChatController {
  readonly #service: ChatService;

  constructor(@Inject(ChatService) service: ChatService) {
    this.#service = service;
  }

  @Get('chat')
  async chat(@Query('prompt') prompt: string): Promise<string> {
    return this.#service.chat(INJECTED, prompt);
  }
}

@Injectable()
class KeyReader {
  constructor(
    @InjectKeyManager(lumen) readonly keys: KeyManagerOf<typeof lumen>,
    @InjectKeyManager(lumen, { pool: 'batch' }) readonly batch: KeyManagerOf<typeof lumen>,
  ) {}
}

const chatOf = { controllers: [ChatController], providers: [ChatService] };

describe('ApiKeyFallbackModule', () => {
  it('registers managers for decorated methods, and writes their log with the logger of Nest', async () => {
    const logger = new RecordedLog();
    const imports = [ApiKeyFallbackModule.forRoot({ managers: [lumenManager()] })];
    const { app, url } = await startApp({ ...chatOf, imports }, { logger });
    app.get(ChatService).failing.add(lumenKeys[0] ?? '');
    expect(await (await fetch(`${url}/chat?prompt=hello`)).text()).toBe('You said: hello');
    expect(logger.ours).toEqual([
      'log [ApiKeyFallback] Lumen: Using key 1/2',
      'warn [ApiKeyFallback] Lumen: Error on attempt 1/1: Too many requests',
      'warn [ApiKeyFallback] Lumen: Key 1/2 failed. Trying next key...',
      'log [ApiKeyFallback] Lumen: Using key 2/2',
      'log [ApiKeyFallback] Lumen: Attempt 1/1 with key 2/2',
      'log [ApiKeyFallback] Lumen: Success with key 2/2',
    ]);
  });

  it('passes the fields of each line on for a log in JSON', async () => {
    const logger = new RecordedLog();
    const imports = [ApiKeyFallbackModule.forRoot({ managers: [lumenManager()], logFields: true })];
    const { url } = await startApp({ ...chatOf, imports }, { logger });
    await fetch(`${url}/chat?prompt=hello`);
    const ours = logger.all.filter((parts) => parts.at(-1) === 'ApiKeyFallback');
    expect(ours[0]).toEqual([
      'Lumen: Using key 1/2',
      expect.objectContaining({ event: 'key.selected', provider: 'lumen', key: 'LUMEN_1' }),
      'ApiKeyFallback',
    ]);
  });

  it('leaves the log to the managers with useNestLogger: false', async () => {
    const logger = new RecordedLog();
    const own = new RecordedLog();
    const logOfManager = { debug: own.debug, info: own.log, warn: own.warn, error: own.error };
    const imports = [
      ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: logOfManager })], useNestLogger: false }),
    ];
    const { url } = await startApp({ ...chatOf, imports }, { logger });
    await fetch(`${url}/chat?prompt=hello`);
    expect([logger.ours, own.lines.length]).toEqual([[], 2]);
  });

  it('injects managers by provider and pool, in all modules', async () => {
    const [keys, batch] = [lumenManager(), lumenManager({ pool: 'batch' })];
    const feature = moduleOf({ providers: [KeyReader] });
    const { app } = await startApp({ imports: [ApiKeyFallbackModule.forRoot({ managers: [keys, batch] }), feature] });
    const reader = app.get(KeyReader, { strict: false });
    expect([reader.keys, reader.batch]).toEqual([keys, batch]);
    expect(registry.get(lumen, 'batch')).toBe(batch);
  });

  it('is seen only by modules that import it with isGlobal: false', async () => {
    const managers = [lumenManager(), lumenManager({ pool: 'batch' })];
    const module = ApiKeyFallbackModule.forRoot({ managers, isGlobal: false });
    const without = moduleOf({ providers: [KeyReader] });
    await expect(startApp({ imports: [module, without] })).rejects.toThrow('ApiKeyManager:lumen');
    const importing = moduleOf({ imports: [module], providers: [KeyReader] });
    await registry.close();
    const { app } = await startApp({ imports: [importing] });
    expect(app.get(KeyReader, { strict: false }).keys.provider).toBe('lumen');
  });

  it('takes the default manager of an adapter by its name, and makes it at the start', async () => {
    const create = vi.fn<() => ApiKeyManager>(() => lumenManager());
    registry.registerDefault(lumen, create);
    const { app } = await startApp({ imports: [ApiKeyFallbackModule.forRoot({ managers: [lumen] })] });
    expect(create).toHaveBeenCalledTimes(1);
    expect(app.get(getKeyManagerToken(lumen))).toBe(registry.get(lumen));
    await app.close();
    expect(health().providers).toEqual([]);
    registry.unregister(lumen);
  });

  it('works without managers, with those that the registry makes', async () => {
    registry.registerDefault(lumen, () => lumenManager());
    const { app, url } = await startApp({ ...chatOf, imports: [ApiKeyFallbackModule.forRoot()] });
    expect(await (await fetch(`${url}/chat?prompt=hello`)).text()).toBe('You said: hello');
    await app.close();
    registry.unregister(lumen);
  });

  it('works in an application without a server', async () => {
    const module = moduleOf({
      imports: [ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: false })] })],
      providers: [ChatService],
    });
    const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    expect(await context.get(ChatService).chat(INJECTED, 'hello')).toBe('You said: hello');
    await context.close();
    expect(registry.managers()).toEqual([]);
  });

  it('can be made twice, by two modules with managers of their own', async () => {
    const [keys, batch] = [lumenManager(), lumenManager({ pool: 'batch' })];
    const one = moduleOf({ imports: [ApiKeyFallbackModule.forRoot({ managers: [keys] })], providers: [KeyReader] });
    const two = moduleOf({ imports: [ApiKeyFallbackModule.forRoot({ managers: [batch] })] });
    const logger = new RecordedLog();
    const { app, url } = await startApp({ ...chatOf, imports: [one, two] }, { logger });
    expect(app.get(KeyReader, { strict: false }).batch).toBe(batch);
    await fetch(`${url}/chat?prompt=hello`);
    expect(logger.ours).toEqual([
      'log [ApiKeyFallback] Lumen: Using key 1/2',
      'log [ApiKeyFallback] Lumen: Success with key 1/2',
    ]);
    const closed = [keys, batch].map((manager) => vi.spyOn(manager, 'close'));
    await app.close();
    expect(closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});

describe('ApiKeyFallbackModule.forRootAsync()', () => {
  @Injectable()
  class Config {
    readonly keys: readonly string[] = lumenKeys;
  }
  const configModule = moduleOf({ providers: [Config], exports: [Config] });

  it('gets its options from a function with injected providers', async () => {
    const module = ApiKeyFallbackModule.forRootAsync({
      imports: [configModule],
      provides: [lumen, { provider: lumen, pool: 'batch' }],
      inject: [Config],
      useFactory: async ({ keys }: Config) => ({
        managers: [
          new ApiKeyManager(lumenAdapter, keys, { logLevel: 'error' }),
          new ApiKeyManager(lumenAdapter, keys, { pool: 'batch', logLevel: 'error' }),
        ],
      }),
    });
    const { app, url } = await startApp({ ...chatOf, imports: [module], providers: [ChatService, KeyReader] });
    expect(await (await fetch(`${url}/chat?prompt=hello`)).text()).toBe('You said: hello');
    expect(app.get(KeyReader).batch.pool).toBe('batch');
  });

  it('gets them from a class', async () => {
    class Options {
      createApiKeyFallbackOptions(): { readonly managers: readonly ApiKeyManager[] } {
        return { managers: [lumenManager()] };
      }
    }
    const { app } = await startApp({
      imports: [ApiKeyFallbackModule.forRootAsync({ provides: [lumen], useClass: Options })],
    });
    expect(app.get<ApiKeyManager>(getKeyManagerToken(lumen)).status().keys.length).toBe(2);
  });

  it('does not start if a name of "provides" is not there', async () => {
    const module = ApiKeyFallbackModule.forRootAsync({ provides: [lumen], useFactory: () => ({}) });
    await expect(startApp({ imports: [module] })).rejects.toThrow('Unknown provider "lumen"');
  });
});

describe('the options', () => {
  it('are refused if a function returns none, or if "provides" is not a list of names', async () => {
    const none = ApiKeyFallbackModule.forRootAsync({ useFactory: () => undefined as never });
    await expect(startApp({ imports: [none] })).rejects.toThrow("{ managers: ['openai'] }");
    expect(() => ApiKeyFallbackModule.forRootAsync({ provides: 'lumen' as never, useFactory: () => ({}) })).toThrow(
      '"provides" must be a list of key managers and names',
    );
  });

  it.each<[object, string]>([
    [{ manager: [] }, 'Unknown option "manager". Did you mean "managers"?'],
    [{ managers: 'lumen' }, '"managers" must be a list of key managers and names, such as [\'openai\']'],
    [{ managers: [ApiKeyManager] }, '"managers" must be a list of key managers and names, such as [\'openai\']'],
    [{ managers: [null] }, '"managers" must be a list of key managers and names, such as [\'openai\']; it is null'],
    [{ pool: 'lumen' }, '"pool" must be a function of the context'],
    [{ checkMethods: 'yes' }, '"checkMethods" must be true or false'],
  ])('%o: the application does not start', async (options, message) => {
    await expect(startApp({ imports: [ApiKeyFallbackModule.forRoot(options)] })).rejects.toThrow(message);
  });

  it('refuses a second manager of a provider and pool, and starts again after that', async () => {
    const managers = [lumenManager(), lumenManager()];
    const starting = startApp({ imports: [ApiKeyFallbackModule.forRoot({ managers })] });
    await expect(starting).rejects.toThrow('A key manager for "lumen" is registered already');
    await vi.waitFor(() => expect(registry.managers()).toEqual([]));
    await startApp({ imports: [ApiKeyFallbackModule.forRoot({ managers: [lumenManager()] })] });
    expect(registry.managers().length).toBe(1);
  });
});

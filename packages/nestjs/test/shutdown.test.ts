import { INJECTED, MemoryStore, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import { Injectable, ShutdownSignal, type OnModuleDestroy } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { lumen, lumenKeys, lumenManager } from './lumen.ts';
import { RecordedLog } from './record-log.ts';
import { startApp } from './start-app.ts';

@Injectable()
class AskService implements OnModuleDestroy {
  last: string | undefined;

  @retryWithApiKeyFallback({ provider: lumen })
  async ask(_key: ApiKey<typeof lumen>): Promise<string> {
    return 'answer';
  }

  /** The managers can still be used while the application shuts down. */
  async onModuleDestroy(): Promise<void> {
    this.last = await this.ask(INJECTED);
  }
}

describe('the end of an application', () => {
  it('closes its managers once, after the application has used them', async () => {
    const manager = lumenManager();
    const close = vi.spyOn(manager, 'close');
    const imports = [ApiKeyFallbackModule.forRoot({ managers: [manager] })];
    const { app } = await startApp({ imports, providers: [AskService] });
    const service = app.get(AskService);
    await Promise.all([app.close(), app.close()]);
    await app.close();
    expect([service.last, close.mock.calls.length, registry.managers().length]).toEqual(['answer', 1, 0]);
  });

  it('gives the store what it lacks', async () => {
    const store = new MemoryStore();
    const manager = lumenManager({ store });
    const { app } = await startApp({ imports: [ApiKeyFallbackModule.forRoot({ managers: [manager] })] });
    await manager.ready();
    manager.markKeyFailed(lumenKeys[0] ?? '', 'rate-limited');
    await app.close();
    const next = lumenManager({ store, logger: false });
    await next.ready();
    expect(next.status().keys.map(({ state }) => state)).toEqual(['cooling', 'healthy']);
    await next.close();
  });

  it('comes with a signal too', async () => {
    const manager = lumenManager();
    const close = vi.spyOn(manager, 'close');
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    await startApp(
      { imports: [ApiKeyFallbackModule.forRoot({ managers: [manager] })] },
      { prepare: (app) => void app.enableShutdownHooks([ShutdownSignal.SIGUSR2]) },
    );
    process.emit('SIGUSR2', 'SIGUSR2');
    await vi.waitFor(() => expect(kill).toHaveBeenCalledWith(process.pid, 'SIGUSR2'));
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('leaves managers alone that other code has registered before', async () => {
    const [shared, unlisted] = [lumenManager(), lumenManager({ pool: 'batch' })];
    registry.register(shared);
    registry.register(unlisted);
    const closed = [shared, unlisted].map((manager) => vi.spyOn(manager, 'close'));
    const { app } = await startApp({ imports: [ApiKeyFallbackModule.forRoot({ managers: [shared] })] });
    await app.close();
    expect(closed.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    expect(registry.managers()).toEqual([shared, unlisted]);
  });

  it('closes managers that have come to the registry meanwhile, with the last application', async () => {
    registry.registerPools(lumen, (pool) => lumenManager({ pool, logger: false }));
    const [one, two] = [
      await startApp({ imports: [ApiKeyFallbackModule.forRoot()] }),
      await startApp({ imports: [ApiKeyFallbackModule.forRoot()] }),
    ];
    const close = vi.spyOn(registry.get(lumen, 'tenant'), 'close');
    await one.app.close();
    expect(close).not.toHaveBeenCalled();
    await two.app.close();
    expect(close).toHaveBeenCalledTimes(1);
    registry.unregister(lumen);
  });

  it('closes nothing with closeOnShutdown: false', async () => {
    const manager = lumenManager();
    const close = vi.spyOn(manager, 'close');
    const { app } = await startApp({
      imports: [ApiKeyFallbackModule.forRoot({ managers: [manager], closeOnShutdown: false })],
    });
    await app.close();
    expect([close.mock.calls.length, registry.get(lumen)]).toEqual([0, manager]);
  });

  it('ends the log in the logger of Nest', async () => {
    const logger = new RecordedLog();
    const { app } = await startApp({ imports: [ApiKeyFallbackModule.forRoot()] }, { logger });
    await app.close();
    const before = logger.ours.length;
    const lines: string[] = [];
    const write = (line: string): number => lines.push(line);
    await lumenManager({ logger: { debug: write, info: write, warn: write, error: write } }).retryWithFallback(() => 1);
    expect([logger.ours.length - before, lines.length]).toEqual([0, 2]);
  });
});

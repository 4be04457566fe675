import { inspect } from 'node:util';
import { INJECTED, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import { KeyHealthIndicator } from '@api-key-fallback/nestjs/terminus';
import { ConsoleLogger, Controller, Get, Inject, Injectable, type LoggerService } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lumen, lumenKeys, lumenManager } from './lumen.ts';
import { RecordedLog } from './record-log.ts';
import { startApp } from './start-app.ts';

@Injectable()
class AskService {
  /** The provider repeats the key in its answer, as some do. */
  @retryWithApiKeyFallback({ provider: lumen, maxRetries: 1 })
  async ask(apiKey: ApiKey<typeof lumen>): Promise<string> {
    const headers = { authorization: `Bearer ${apiKey}` };
    throw Object.assign(new Error(`Incorrect API key provided: ${apiKey}`), { status: 401, request: { headers } });
  }
}

@Controller()
class AskController {
  constructor(
    @Inject(AskService) private readonly service: AskService,
    @Inject(KeyHealthIndicator) private readonly keyHealth: KeyHealthIndicator,
  ) {}

  @Get('ask')
  ask(): Promise<string> {
    return this.service.ask(INJECTED);
  }

  @Get('health')
  health(): unknown {
    return this.keyHealth.isHealthy('keys');
  }

  @Get('keys')
  keys(): unknown {
    return registry.get(lumen).status();
  }
}

/** All answers of an application whose keys are refused. */
async function answersOf(logger: LoggerService, logFields: boolean): Promise<string> {
  const { url } = await startApp(
    {
      imports: [ApiKeyFallbackModule.forRoot({ managers: [lumenManager()], logFields }), TerminusModule],
      controllers: [AskController],
      providers: [AskService, KeyHealthIndicator],
    },
    { logger },
  );
  const answers = ['ask', 'ask', 'health', 'keys'].map(async (path) => {
    const answer = await fetch(`${url}/${path}`);
    return `${answer.status} ${inspect(answer.headers)} ${await answer.text()}`;
  });
  return (await Promise.all(answers)).join('\n');
}

function expectNoKey(text: string): void {
  for (const key of lumenKeys) {
    for (let start = 0; start + 12 <= key.length; start++) {
      expect(text).not.toContain(key.slice(start, start + 12));
    }
  }
}

describe('no key', () => {
  it('is in the answers, and in what the logger of Nest gets', async () => {
    const logger = new RecordedLog();
    const answers = await answersOf(logger, true);
    expect(answers).toContain('503');
    expect(logger.ours.join('\n')).toContain('Lumen: Key 1/2 failed. Trying next key...');
    expectNoKey(answers + inspect(logger.all, { depth: Infinity }));
  });

  it.each([true, false])('is in what the console logger of Nest prints, json: %s', async (json) => {
    const printed: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      const write = vi.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0);
      onTestFinished(() => write.mockRestore());
    }
    const answers = await answersOf(new ConsoleLogger({ json, colors: false }), true);
    const text = printed.join('');
    expect(text).toContain('Lumen: Key 1/2 failed. Trying next key...');
    expect(text).toContain('LUMEN_1');
    expectNoKey(answers + text);
  });
});

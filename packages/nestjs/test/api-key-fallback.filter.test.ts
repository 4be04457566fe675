import { once } from 'node:events';
import {
  currentAttempt,
  INJECTED,
  InvalidOptionsError,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { ApiKeyFallbackFilter, ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import { Controller, ForbiddenException, Get, UseFilters } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { lumen, lumenManager, rateLimited } from './lumen.ts';
import { platforms } from './platforms.ts';
import { startApp } from './start-app.ts';

@Controller()
class FailingController {
  @Get('limited')
  async limited(): Promise<void> {
    await this.ask(INJECTED, () => rateLimited('90'));
  }

  @Get('refused')
  async refused(): Promise<void> {
    await this.ask(INJECTED, () => Object.assign(new Error('Invalid key'), { status: 401 }));
  }

  @Get('late')
  async late(): Promise<void> {
    await this.hang(INJECTED);
  }

  @Get('mistake')
  async mistake(): Promise<void> {
    throw new InvalidOptionsError('A mistake in the code.');
  }

  @Get('forbidden')
  async forbidden(): Promise<void> {
    throw new ForbiddenException();
  }

  @retryWithApiKeyFallback({ provider: lumen, deadline: 20 })
  async hang(_apiKey: ApiKey<typeof lumen>): Promise<void> {
    const { signal } = currentAttempt();
    await once(signal, 'abort');
    throw signal.reason;
  }

  @retryWithApiKeyFallback({ provider: lumen, maxRetries: 1 })
  async ask(_apiKey: ApiKey<typeof lumen>, failure: () => Error): Promise<void> {
    throw failure();
  }
}

@UseFilters(ApiKeyFallbackFilter)
@Controller('filtered')
class FilteredController extends FailingController {}

describe.each(Object.entries(platforms))('ApiKeyFallbackFilter with %s', (_name, platform) => {
  let answerErrors = true;

  async function answers(...paths: string[]): Promise<unknown[]> {
    const { url } = await startApp(
      {
        imports: [ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: false })], answerErrors })],
        controllers: [FailingController, FilteredController],
      },
      { adapter: platform() },
    );
    const found: unknown[] = [];
    for (const path of paths) {
      const response = await fetch(`${url}/${path}`);
      found.push([response.status, response.headers.get('retry-after'), await response.text()]);
    }
    return found;
  }

  it('can be left out, or set for a controller alone', async () => {
    answerErrors = false;
    expect(await answers('limited', 'filtered/limited')).toEqual([
      [500, null, '{"statusCode":500,"message":"Internal server error"}'],
      [503, expect.any(String), '{"message":"Service Unavailable","statusCode":503}'],
    ]);
    answerErrors = true;
  });

  it('answers 503 and says when the first key is back', async () => {
    const [limited] = (await answers('limited')) as [[number, string, string]];
    expect([limited[0], limited[2]]).toEqual([503, '{"message":"Service Unavailable","statusCode":503}']);
    expect(Number(limited[1])).toBeGreaterThan(80);
    expect(Number(limited[1])).toBeLessThan(91);
  });

  it('answers 503 without a time if no key comes back by itself', async () => {
    expect(await answers('refused')).toEqual([[503, null, '{"message":"Service Unavailable","statusCode":503}']]);
  });

  it('answers 504 when the deadline of a call has passed', async () => {
    expect(await answers('late')).toEqual([[504, null, '{"message":"Gateway Timeout","statusCode":504}']]);
  });

  it('answers 500 to a mistake in the code, and leaves other errors alone', async () => {
    expect(await answers('mistake', 'forbidden')).toEqual([
      [500, null, '{"statusCode":500,"message":"Internal server error"}'],
      [403, null, '{"message":"Forbidden","statusCode":403}'],
    ]);
  });
});

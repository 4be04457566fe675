import { ApiKeyManager, registry } from '@api-key-fallback/core';
import { ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import { KeyHealthIndicator, type KeyHealthOptions } from '@api-key-fallback/nestjs/terminus';
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { describe, expect, it } from 'vitest';
import { lumen, lumenAdapter, lumenKeys, lumenManager } from '../lumen.ts';
import { startApp } from '../start-app.ts';

let options: KeyHealthOptions | undefined;

@Controller()
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(KeyHealthIndicator) private readonly keyHealth: KeyHealthIndicator,
  ) {}

  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.keyHealth.isHealthy('keys', options)]);
  }
}

async function start(given?: KeyHealthOptions): Promise<() => Promise<unknown>> {
  options = given;
  const { url } = await startApp({
    imports: [ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: false })] }), TerminusModule],
    controllers: [HealthController],
    providers: [KeyHealthIndicator],
  });
  return async () => {
    const response = await fetch(`${url}/ready`);
    const body = (await response.json()) as { status: string; details: { keys: { providers: object[] } } };
    return [response.status, body.status, body.details.keys];
  };
}

const first = { provider: 'lumen', pool: 'default', total: 2 };

describe('KeyHealthIndicator', () => {
  it('is up, degraded, and down with the time at which the first key is back', async () => {
    const ready = await start();
    expect(await ready()).toEqual([200, 'ok', { status: 'up', providers: [{ ...first, status: 'ok', usable: 2 }] }]);
    const manager = registry.get(lumen);
    manager.markKeyFailed(lumenKeys[0] ?? '', 'rate-limited');
    expect(await ready()).toEqual([
      200,
      'degraded',
      { status: 'degraded', providers: [{ ...first, status: 'degraded', usable: 1 }] },
    ]);
    manager.markKeyFailed(lumenKeys[1] ?? '', 'rate-limited');
    expect(await ready()).toEqual([
      503,
      'error',
      {
        status: 'down',
        providers: [{ ...first, status: 'down', usable: 0, backAt: expect.stringMatching(/^2\d{3}-.+Z$/) }],
      },
    ]);
  });

  it('is up with a failing key, if the application says so', async () => {
    const ready = await start({ whenDegraded: 'up' });
    registry.get(lumen).markKeyFailed(lumenKeys[0] ?? '', 'rate-limited');
    expect(await ready()).toMatchObject([200, 'ok', { status: 'up', providers: [{ status: 'degraded' }] }]);
  });

  it('looks only at the managers of the options', async () => {
    // Another key: what is known of a key holds in all pools.
    const other = new ApiKeyManager(lumenAdapter, ['sk-example-other-00001'], { pool: 'other', logger: false });
    const ready = await start({ managers: [other] });
    for (const key of lumenKeys) registry.get(lumen).markKeyFailed(key, 'rate-limited');
    expect(await ready()).toMatchObject([200, 'ok', { providers: [{ pool: 'other' }] }]);
  });

  it('refuses wrong options', () => {
    const indicator = new KeyHealthIndicator(undefined as never);
    expect(() => indicator.isHealthy('keys', { whenDegraded: 'down' as never })).toThrow("'degraded' or 'up'");
    expect(() => indicator.isHealthy('keys', { manager: [] } as never)).toThrow('Did you mean "managers"?');
  });
});

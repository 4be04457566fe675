import { registry } from '@api-key-fallback/core';
import { ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import { KeyMetricsModule, type KeyMetricsModuleOptions } from '@api-key-fallback/nestjs/metrics';
import { Injectable, UseGuards, type CanActivate, type ExecutionContext, type INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { lumen, lumenKeys, lumenManager } from '../lumen.ts';
import { platforms } from '../platforms.ts';
import { startApp } from '../start-app.ts';

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ readonly headers: { readonly authorization?: string } }>();
    return request.headers.authorization === 'Bearer scraper';
  }
}

const globalGuard = { provide: APP_GUARD, useClass: TokenGuard };

describe.each(Object.entries(platforms))('KeyMetricsModule with %s', (_name, platform) => {
  async function start(
    options: KeyMetricsModuleOptions = {},
    { providers = [], prepare }: { providers?: object[]; prepare?: (app: INestApplication) => void } = {},
  ) {
    const register = new Registry();
    const imports = [
      ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: false })] }),
      KeyMetricsModule.forRoot({ register, ...options }),
    ];
    const metadata = { imports, providers: providers as (typeof globalGuard)[] };
    return { register, ...(await startApp(metadata, { adapter: platform(), ...(prepare ? { prepare } : {}) })) };
  }

  it('answers scrapes with the metrics of the keys, and no key', async () => {
    const { url } = await start();
    await registry.get(lumen).retryWithFallback(() => 'answer');
    const response = await fetch(`${url}/metrics`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const text = await response.text();
    expect(text).toContain(
      'api_key_fallback_attempts_total{provider="lumen",pool="default",key="LUMEN_1",outcome="success"} 1\n',
    );
    for (const key of lumenKeys) expect(text).not.toContain(key);
    expect((await fetch(`${url}/metrics`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it('is below the global prefix, at its own path', async () => {
    const { url } = await start({ path: 'ops/scrape' }, { prepare: (app) => app.setGlobalPrefix('api') });
    expect((await fetch(`${url}/api/ops/scrape`)).status).toBe(200);
    expect((await fetch(`${url}/ops/scrape`)).status).toBe(404);
  });

  it('asks the guards of the application', async () => {
    const { url } = await start({}, { providers: [globalGuard] });
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
    expect((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer scraper' } })).status).toBe(200);
  });

  it('takes guards of its own', async () => {
    const { url } = await start({ decorators: [UseGuards(TokenGuard)] });
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
    expect((await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer scraper' } })).status).toBe(200);
  });

  it('takes its metrics out of the register at the end, so that the application can start again', async () => {
    const { app, register } = await start();
    expect(register.getMetricsAsArray().length).toBeGreaterThan(10);
    await app.close();
    expect(register.getMetricsAsArray()).toEqual([]);
    await start({ register });
  });

  it('gets its options from a function', async () => {
    const register = new Registry();
    const module = KeyMetricsModule.forRootAsync({ path: 'scrape', useFactory: async () => ({ register }) });
    const { url } = await startApp({ imports: [module] }, { adapter: platform() });
    expect((await fetch(`${url}/scrape`)).status).toBe(200);
  });

  it('does not start with a wrong option', async () => {
    await expect(start({ keyLabels: 'id' } as never)).rejects.toThrow('Did you mean "keyLabel"?');
  });
});

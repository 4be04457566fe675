import { once } from 'node:events';
import { registry } from '@api-key-fallback/core';
import { ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import { KeyDashboardModule, type KeyDashboardModuleOptions } from '@api-key-fallback/nestjs/dashboard';
import {
  Controller,
  Get,
  Injectable,
  SetMetadata,
  VersioningType,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { lumen, lumenKeys, lumenManager } from '../lumen.ts';
import { platforms } from '../platforms.ts';
import { RecordedLog } from '../record-log.ts';
import { startApp } from '../start-app.ts';

const token = 'a-token-of-the-dashboard';
const headers = { authorization: `Bearer ${token}` };

@Controller()
class OtherController {
  @Get('other')
  other(): string {
    return 'other';
  }
}

const Open = SetMetadata('isOpen', true);

/** Refuses what is not marked. */
@Injectable()
class ClosedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return new Reflector().getAllAndOverride<boolean | undefined>('isOpen', [context.getClass()]) ?? false;
  }
}

/** Sends the first message of the WebSocket and what follows a change. */
async function firstMessages(url: string, change: () => void): Promise<string[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, 'api-key-fallback.v1', { headers });
  onTestFinished(() => socket.terminate());
  const texts: string[] = [];
  const types = (): unknown[] => texts.map((text) => (JSON.parse(text) as { readonly type: unknown }).type);
  socket.on('message', (data: Buffer) => texts.push(data.toString()));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', view: 'page=overview' }));
  while (!types().includes('snapshot')) await once(socket, 'message');
  change();
  while (!types().includes('patch')) await once(socket, 'message');
  return texts;
}

describe.each(Object.entries(platforms))('KeyDashboardModule with %s', (_name, platform) => {
  async function start(
    options: Partial<KeyDashboardModuleOptions> = {},
    {
      prepare,
      providers = [],
    }: {
      prepare?: (app: INestApplication) => void;
      providers?: { provide: string; useClass: typeof ClosedGuard }[];
    } = {},
  ) {
    const imports = [
      ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: false })] }),
      KeyDashboardModule.forRoot({ auth: { token }, ...options } as KeyDashboardModuleOptions),
    ];
    const logger = new RecordedLog();
    const metadata = { imports, controllers: [OtherController], providers };
    const app = await startApp(metadata, { adapter: platform(), logger, ...(prepare ? { prepare } : {}) });
    // The dashboard answers to these names only.
    return { ...app, url: app.url.replace('127.0.0.1', 'localhost'), logger };
  }

  async function disableFirst(): Promise<void> {
    registry.get(lumen).disable(lumenKeys[0] ?? '');
  }

  it.each<[string, Partial<KeyDashboardModuleOptions>, ((app: INestApplication) => void) | undefined]>([
    ['/ops/keys', {}, undefined],
    ['/board', { path: '/board/' }, undefined],
    ['/api/ops/keys', {}, (app) => app.setGlobalPrefix('api')],
    ['/api/v2/ops/keys', {}, (app) => app.setGlobalPrefix('/api/v2/')],
    ['/ops/keys', {}, (app) => app.setGlobalPrefix('api', { exclude: ['ops/keys', 'ops/keys/{*path}'] })],
    ['/ops/keys', {}, (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })],
  ])('serves the page, its files, its interface and the live channels at %s %o', async (path, options, prepare) => {
    const { url } = await start(options, prepare ? { prepare } : {});
    const base = url + path;
    const page = await fetch(base);
    const html = await page.text();
    expect([page.status, html.includes(`<base href="${path}/"`)]).toEqual([200, true]);
    const script = /src="\.\/(?<path>[^"]+)"/.exec(html)?.groups?.['path'] ?? '';
    expect((await fetch(`${base}/${script}`)).status).toBe(200);
    expect((await fetch(`${base}/api/v1/view`)).status).toBe(401);
    const view = await fetch(`${base}/api/v1/view?page=overview`, { headers });
    expect(await view.json()).toMatchObject({ page: { totals: { usable: 2, total: 2 } } });

    const events = await fetch(`${base}/api/v1/stream?view=page%3Doverview`, { headers });
    const reader = events.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"type":"hello"');
    const messages = await firstMessages(base, () => void disableFirst());
    for (const key of lumenKeys) expect(messages.join('\n') + html).not.toContain(key);
    await reader?.cancel();
  });

  it('acts behind a reader of bodies, and leaves other routes alone', async () => {
    const { url } = await start();
    const keyId = registry.get(lumen).status().keys[0]?.keyId ?? '';
    const acted = await fetch(`${url}/ops/keys/api/v1/pools/lumen/default/keys/${keyId}/disable`, {
      method: 'POST',
      headers: { ...headers, 'x-api-key-fallback': '1', 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect([acted.status, await acted.json()]).toEqual([200, { action: 'disable' }]);
    expect(registry.get(lumen).status().keys[0]?.state).toBe('disabled');
    expect(await (await fetch(`${url}/other`)).text()).toBe('other');
  });

  it('asks the guards of the application, unless a decorator exempts it', async () => {
    const guard = { provide: APP_GUARD, useClass: ClosedGuard };
    const closed = await start({}, { providers: [guard] });
    expect((await fetch(`${closed.url}/ops/keys`)).status).toBe(403);
    await closed.app.close();
    const open = await start({ decorators: [Open] }, { providers: [guard] });
    expect((await fetch(`${open.url}/ops/keys`)).status).toBe(200);
    expect((await fetch(`${open.url}/other`)).status).toBe(403);
  });

  it('ends its streams, so that the application can close', async () => {
    const { app, url } = await start();
    const events = await fetch(`${url}/ops/keys/api/v1/stream?view=page%3Doverview`, { headers });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ops/keys/api/v1/live`, 'api-key-fallback.v1', {
      headers,
    });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await app.close();
    const [code] = (await closed) as [number];
    expect(code).toBe(1001);
    expect(await events.text()).toContain('"type":"hello"');
  });

  it('gets its options from a function, and does not start with a wrong one', async () => {
    const module = KeyDashboardModule.forRootAsync({ path: 'board', useFactory: async () => ({ auth: { token } }) });
    const { url } = await startApp({ imports: [module] }, { adapter: platform() });
    expect((await fetch(`${url.replace('127.0.0.1', 'localhost')}/board`)).status).toBe(200);
    await expect(start({ auth: { token: 'short' } })).rejects.toThrow('16 characters');
  });
});

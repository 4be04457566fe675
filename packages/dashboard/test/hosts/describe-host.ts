import type { Server } from 'node:http';
import { createDashboard, type Dashboard } from '@api-key-fallback/dashboard';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { applyPatch } from '../../src/protocol/merge-patch.ts';
import { managerOf, problemOf, token } from '../http/dashboard-scene.ts';
import { LiveEvents, LiveSocket, statusOfUpgrade } from '../live/live-client.ts';

const headers = { authorization: `Bearer ${token}` };

/** An application of a host with the dashboard at `basePath`, and a route `/other` of its own. */
interface HostedApp {
  readonly server: Server;
  close(): Promise<unknown>;
}

/** Starts such an application on a port that the system chooses. */
export type StartHost = (dashboard: Dashboard, basePath: string) => Promise<HostedApp>;

/** Proves that the dashboard works behind a host. */
export function describeHost(name: string, startHost: StartHost): void {
  describe.each(['/', '/ops/keys'])(`${name} with the dashboard at %s`, (basePath) => {
    const base = basePath === '/' ? '/' : `${basePath}/`;

    async function start() {
      const manager = managerOf(['main', 'spare']);
      const dashboard = createDashboard({
        auth: { token, actor: 'ana' },
        managers: [manager],
        basePath,
        logger: false,
      });
      const { server, close } = await startHost(dashboard, basePath);
      onTestFinished(async () => {
        await dashboard.close();
        await close();
      });
      const origin = `http://localhost:${(server.address() as { readonly port: number }).port}`;
      const keyId = manager.status().keys[0]?.keyId ?? '';
      return { manager, server, origin, url: origin + base, keyId };
    }

    it('serves the page and its files', async () => {
      const { origin, url } = await start();
      const page = await fetch(origin + basePath);
      const html = await page.text();
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(html).toContain(`<base href="${base}"`);
      const path = /src="\.\/(?<path>[^"]+)"/.exec(html)?.groups?.['path'] ?? '';
      const script = await fetch(new URL(path, url), { headers: { 'accept-encoding': 'br, gzip' } });
      expect([script.headers.get('content-encoding'), script.headers.get('cache-control')]).toEqual([
        'br',
        'public, max-age=31536000, immutable',
      ]);
      expect((await script.text()).length).toBeGreaterThan(100);
      expect((await fetch(new URL(path, url), { method: 'HEAD' })).status).toBe(200);
      expect(await problemOf(fetch(new URL('api/v1/none', url), { headers }))).toBe('404 not-found');
    });

    it('signs in, shows a view, and acts behind a reader of bodies', async () => {
      const { manager, url, keyId } = await start();
      const effect = { 'x-api-key-fallback': '1', 'content-type': 'application/json' };
      const post = (path: string, sent: Record<string, string>) =>
        fetch(new URL(`api/v1/${path}`, url), { method: 'POST', headers: { ...effect, ...sent }, body: '{"a":1}' });
      expect(await problemOf(fetch(new URL('api/v1/view', url)))).toBe('401 unauthorized');
      const cookie = (await post('login', headers)).headers.get('set-cookie')?.split(';')[0] ?? '';
      const view = await fetch(new URL('api/v1/view?page=overview', url), { headers: { cookie } });
      expect(await view.json()).toMatchObject({ page: { kind: 'overview', totals: { usable: 2, total: 2 } } });
      const acted = await post(`pools/acme/default/keys/${keyId}/disable`, { cookie });
      expect([acted.status, await acted.json()]).toEqual([200, { action: 'disable' }]);
      expect(manager.status().keys[0]?.state).toBe('disabled');
      expect(await problemOf(post('login', { authorization: 'Bearer wrong' }))).toBe('401 wrong-token');
      expect(await problemOf(post('login', headers))).toBe('429 too-many-tries');
    });

    it('streams events', async () => {
      const { manager, url, keyId } = await start();
      const events = await LiveEvents.open(url, 'page=overview', headers);
      expect(events.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      await events.next('hello');
      const { document } = await events.next('snapshot');
      manager.disable({ keyId });
      const { patch, sequence } = await events.next('patch');
      expect(applyPatch(document, patch)).toMatchObject({ page: { totals: { usable: 1, total: 1 } } });
      const lastEventId = { 'last-event-id': events.ids[0] ?? '' };
      const resumed = await LiveEvents.open(url, 'page=overview', { ...headers, ...lastEventId });
      expect((await resumed.next('patch')).sequence).toBe(sequence);
    });

    it('serves the WebSocket, which resumes', async () => {
      const { manager, url, keyId } = await start();
      const socket = new LiveSocket(url, headers);
      const { incarnation } = await socket.next('hello');
      socket.send({ type: 'subscribe', view: 'page=overview' });
      const { document, sequence } = await socket.next('snapshot');
      manager.disable({ keyId });
      const { patch } = await socket.next('patch');
      expect(applyPatch(document, patch)).toMatchObject({ page: { totals: { usable: 1, total: 1 } } });
      const resumed = new LiveSocket(url, headers);
      await resumed.next('hello');
      resumed.send({ type: 'subscribe', view: 'page=overview', seen: { incarnation, sequence } });
      expect((await resumed.next('patch')).sequence).toBe(sequence + 1);
      expect(await statusOfUpgrade(url, {})).toBe(401);
    });

    it('leaves the other routes and WebSockets of the application alone', async () => {
      const { server, origin, url } = await start();
      expect(await (await fetch(`${origin}/other`)).text()).toBe('other');
      const chat = new WebSocketServer({ noServer: true });
      server.on('upgrade', (request, socket, head) => {
        if (request.url !== '/chat') return;
        chat.handleUpgrade(request, socket, head, (client) => client.send('welcome'));
      });
      const client = new WebSocket(`${origin.replace('http', 'ws')}/chat`);
      onTestFinished(() => client.terminate());
      expect(await new Promise((resolve) => client.once('message', (data: Buffer) => resolve(data.toString())))).toBe(
        'welcome',
      );
      await new LiveSocket(url, headers).next('hello');
    });
  });
}

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { DashboardScene, token } from '../http/dashboard-scene.ts';
import { LiveSocket, statusOfUpgrade } from './live-client.ts';

const headers = { authorization: `Bearer ${token}` };

/** A server with dashboards at these paths, each with an actor who has the name of its path. */
async function serverOf(
  ...paths: readonly string[]
): Promise<{ server: Server; url: string; scenes: DashboardScene[] }> {
  const server = createServer();
  onTestFinished(() => void server.close());
  const scenes = paths.map((basePath) => new DashboardScene({ basePath, auth: { token, actor: basePath } }));
  for (const { dashboard } of scenes) dashboard.attachWebSocket(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}/`, scenes };
}

/** The actor of the dashboard that answers at this address. */
async function actorAt(url: string): Promise<string> {
  const socket = new LiveSocket(url, headers);
  const { session } = await socket.next('hello');
  // Nothing else has been written into it.
  await socket.roundTrip();
  return session.actor;
}

it.each([[['/', '/ops']], [['/ops', '/']], [['/ops', '/ops/keys']], [['/ops/keys', '/ops']]] as const)(
  'gives each of the dashboards at %j its own requests',
  async (paths) => {
    const { url } = await serverOf(...paths);
    for (const path of paths) {
      expect(await actorAt(new URL(path === '/' ? path : `${path}/`, url).href)).toBe(path);
    }
  },
);

it('takes no path for one that a proxy has cut off if there are several dashboards', async () => {
  const { url, scenes } = await serverOf('/ops', '/keys');
  expect(await statusOfUpgrade(url, { ...headers, 'sec-websocket-protocol': 'api-key-fallback.v1' })).toBe(404);
  await scenes[1]?.dashboard.close();
  expect(await actorAt(url)).toBe('/ops');
});

it('answers each request once, also if it is attached twice', async () => {
  const { server, url, scenes } = await serverOf('/ops');
  const detach = scenes[0]?.dashboard.attachWebSocket(server);
  expect(server.listenerCount('upgrade')).toBe(1);
  expect(await actorAt(new URL('/ops/', url).href)).toBe('/ops');
  expect(await statusOfUpgrade(url, headers, '/none')).toBe(404);
  detach?.();
  expect(server.listenerCount('upgrade')).toBe(0);
});

it('leaves the server to the other dashboards once one is closed', async () => {
  const { server, url, scenes } = await serverOf('/', '/ops');
  await scenes[0]?.dashboard.close();
  expect(await actorAt(new URL('/ops/', url).href)).toBe('/ops');
  await scenes[1]?.dashboard.close();
  expect(server.listenerCount('upgrade')).toBe(0);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { DashboardScene, failedCall, token } from '../http/dashboard-scene.ts';
import type { ClientMessage } from '../../src/protocol/messages.ts';
import { LiveSocket, statusOfUpgrade } from './live-client.ts';

const headers = { authorization: `Bearer ${token}` };
const hourMs = 3_600_000;

it('sends a snapshot, then patches, and resumes after a broken connection', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  const first = new LiveSocket(url, headers);
  const { incarnation, session } = await first.next('hello');
  expect(session).toMatchObject({ actor: 'ana', canSignOut: false });
  await send(scene, first, { type: 'subscribe', view: 'page=overview' });
  const { sequence, view } = await first.next('snapshot');
  expect(view).toBe('page=overview');
  first.socket.terminate();
  await first.closed;
  scene.manager.disable({ keyId: scene.keyId('main') });
  await scene.clock.advance(250);
  const second = new LiveSocket(url, headers);
  await second.next('hello');
  await send(scene, second, { type: 'subscribe', view, seen: { incarnation, sequence } });
  const { patch, ...head } = await second.next('patch');
  expect(head).toMatchObject({ view, sequence: sequence + 1 });
  expect(patch).toMatchObject({ page: { totals: { usable: 2 } } });
  await second.next('heartbeat');
});

it.each([
  ['no JSON', 4400],
  ['{}', 4400],
  ['null', 4400],
  ['{"type":"subscribe"}', 4400],
  ['{"type":"subscribe","view":1}', 4400],
  [`{"type":"subscribe","view":"${'x'.repeat(5001)}"}`, 4400],
  ['{"type":"hello"}', 4400],
  [Buffer.from('{"type":"unsubscribe"}'), 4400],
  ['x'.repeat(64 * 1024 + 1), 1009],
])('closes the connection after %j', async (message, code) => {
  const { url } = await new DashboardScene().dashboard.listen({ port: 0 });
  const client = new LiveSocket(url, headers);
  await client.next('hello');
  client.socket.send(message);
  expect(await client.closed).toBe(code);
});

it('lives with what it does not understand of a good message', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  const client = new LiveSocket(url, headers);
  await client.next('hello');
  client.socket.send('{"type":"subscribe","view":"page=none&x=%","seen":{"sequence":"1"},"more":1}');
  await client.roundTrip();
  await scene.clock.advance(100);
  expect((await client.next('snapshot')).view).toBe('page=overview');
});

it('opens only for those who are signed in, on an own page, of a known host', async () => {
  const scene = new DashboardScene();
  const { url, port } = await scene.dashboard.listen({ port: 0 });
  const own = { ...headers, origin: `http://127.0.0.1:${port}` };
  const cases: [Record<string, string>, number][] = [
    [headers, 101],
    [own, 101],
    [{ ...own, 'sec-fetch-site': 'same-origin' }, 101],
    [{}, 401],
    [{ ...headers, origin: `http://localhost:${port}` }, 403],
    [{ ...headers, origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }, 403],
    [{ ...headers, origin: 'null' }, 403],
    [{ ...own, 'sec-fetch-site': 'same-site' }, 403],
    [{ ...own, 'sec-fetch-site': 'cross-site' }, 403],
    [{ ...headers, host: 'evil.example' }, 421],
    [{ ...headers, host: 'evil.example', origin: 'http://evil.example' }, 421],
  ];
  for (const [sent, status] of cases) expect([sent, await statusOfUpgrade(url, sent)]).toEqual([sent, status]);
  for (const path of ['/', 'api/v1/none', 'api/v1/view', 'api/v1/stream', 'api/v1/live/']) {
    expect([path, await statusOfUpgrade(url, headers, path)]).toEqual([path, 404]);
  }
});

it.each([
  ['/', '/api/v1/live', true],
  ['/', '/api/v1/none', false],
  ['/', '/api/v1/live-feed', false],
  ['/', '/', false],
  ['/ops/keys', '/ops/keys/api/v1/live', true],
  ['/ops/keys', '/ops/keys/none', true],
  ['/ops/keys', '/ops/keys-of-others', false],
  ['/ops/keys', '/api/v1/live', false],
] as const)(
  'mounted at %s, it answers an upgrade at %s beside those of the application: %s',
  async (basePath, path, isOwn) => {
    const server = createServer();
    onTestFinished(() => void server.close());
    new DashboardScene({ basePath }).dashboard.attachWebSocket(server);
    const left: string[] = [];
    server.on('upgrade', ({ url = '' }, socket) => {
      if (isOwn) return;
      // Not even the errors of its socket are listened to.
      left.push(`${url} ${socket.listenerCount('error')}`);
      socket.end('HTTP/1.1 418 Other\r\n\r\n');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const status = await statusOfUpgrade(`http://127.0.0.1:${port}/`, headers, path);
    expect(status).toBe(!isOwn ? 418 : path.endsWith('live') ? 101 : 404);
    expect(left).toEqual(isOwn ? [] : [`${path} 0`]);
  },
);

it('knows its clients behind a proxy that cuts off the path where it is mounted', async () => {
  const { port } = await new DashboardScene({ basePath: '/ops/keys' }).dashboard.listen({ port: 0 });
  await new LiveSocket(`http://127.0.0.1:${port}/`, headers).next('hello');
  expect(await statusOfUpgrade(`http://127.0.0.1:${port}/`, headers)).toBe(101);
});

it('answers a plain request with how to use it', async () => {
  const answer = await new DashboardScene().get('/api/v1/live');
  expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket']);
});

it('survives a client that asks for an upgrade and hangs up', async () => {
  const { url, port } = await new DashboardScene().dashboard.listen({ port: 0 });
  for (const request of ['GET /api/v1/live HTTP/1.1\r\nHost: \r\n', 'GET //[ HTTP/1.1\r\nHost: localhost\r\n']) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.end(`${request}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await once(socket.resume(), 'close');
  }
  expect(await statusOfUpgrade(url, headers)).toBe(101);
});

it('ends with the session, and with its end in another tab', async () => {
  const scene = new DashboardScene();
  const { url, port } = await scene.dashboard.listen({ port: 0 });
  const signIn = async () => ({ cookie: await scene.signIn({ host: `127.0.0.1:${port}` }) });
  const [signedOut, expired] = [await signIn(), (scene.clock.spend(1), await signIn())];
  const [first, second] = [new LiveSocket(url, signedOut), new LiveSocket(url, expired)];
  await first.next('hello');
  await second.next('hello');
  await scene.post('/api/v1/logout', { ...signedOut, host: `127.0.0.1:${port}` });
  expect(await first.closed).toBe(4401);
  scene.clock.spend(12 * hourMs);
  await scene.clock.advance(1000);
  expect(await second.closed).toBe(4401);
  expect(await statusOfUpgrade(url, expired)).toBe(401);
});

it('ends a connection whose client no longer answers', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  const [dead, alive] = [new LiveSocket(url, headers, { autoPong: false }), new LiveSocket(url, headers)];
  await dead.next('hello');
  await alive.next('hello');
  const pings = [dead, alive].map(({ socket }) => once(socket, 'ping'));
  await scene.clock.advance(26_000);
  await Promise.all(pings);
  // The pong of the other one is on its way.
  await alive.roundTrip();
  await scene.clock.advance(25_000);
  expect(await dead.closed).toBe(1006);
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
});

it('drops a client that does not read', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  for (let index = 0; index < 100; index++) await failedCall(scene.manager, 'x'.repeat(300));
  const slow = new LiveSocket(url, headers);
  await slow.next('hello');
  slow.socket.pause();
  const other = new LiveSocket(url, headers);
  await other.next('hello');
  // Each gets a snapshot of some 60 kB. Together they are more than the system keeps for a socket.
  for (let index = 0; index < 600; index++) {
    slow.send({ type: 'subscribe', view: 'page=events' });
    await send(scene, other, { type: 'unsubscribe' });
  }
  slow.socket.resume();
  // The second one if the system has dropped what was on its way.
  expect([4408, 1006]).toContain(await slow.closed);
  expect(other.socket.readyState).toBe(other.socket.OPEN);
});

it('says goodbye when the dashboard is closed', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  const client = new LiveSocket(url, headers);
  await client.next('hello');
  await scene.dashboard.close();
  expect(await client.closed).toBe(1001);
  expect(scene.clock.timers).toBe(0);
});

it('leaves the server alone once it is detached', async () => {
  const scene = new DashboardScene();
  const listeners = new Map<string, unknown>();
  const server = {
    on: (name: string, listener: unknown) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
    listenerCount: () => listeners.size,
  };
  const detach = scene.dashboard.attachWebSocket(server as never);
  expect([...listeners.keys()]).toEqual(['upgrade']);
  detach();
  expect(listeners.size).toBe(0);
  scene.dashboard.attachWebSocket(server as never);
  await scene.dashboard.close();
  expect(listeners.size).toBe(0);
});

/** Sends a message, and lets the server do what it says. */
async function send(scene: DashboardScene, client: LiveSocket, message: ClientMessage): Promise<void> {
  client.send(message);
  await client.roundTrip();
  await scene.clock.advance(100);
}

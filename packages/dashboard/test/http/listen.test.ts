import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { InvalidOptionsError } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { LiveEvents, LiveSocket } from '../live/live-client.ts';
import { DashboardScene, problemOf, token } from './dashboard-scene.ts';

it('serves the dashboard on loopback, and says where', async () => {
  const scene = new DashboardScene({ basePath: '/ops/keys' });
  const { url, port, close } = await scene.dashboard.listen({ port: 0 });
  expect(url).toBe(`http://127.0.0.1:${port}/ops/keys/`);
  expect((await fetch(url)).status).toBe(200);
  await close();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('ends the connections of a server that is closed, and serves those of others', async () => {
  const scene = new DashboardScene();
  const [closed, other] = [await scene.dashboard.listen({ port: 0 }), await scene.dashboard.listen({ port: 0 })];
  const headers = { authorization: `Bearer ${token}` };
  const events = await LiveEvents.open(closed.url, '', headers);
  const [socket, remaining] = [new LiveSocket(closed.url, headers), new LiveSocket(other.url, headers)];
  await Promise.all([events, socket, remaining].map((client) => client.next('hello')));
  await closed.close();
  await events.ended;
  expect(await socket.closed).toBe(1006);
  await remaining.roundTrip();
  expect(remaining.socket.readyState).toBe(remaining.socket.OPEN);
});

it('writes addresses of IPv6 as browsers read them', async () => {
  const { url, port } = await new DashboardScene().dashboard.listen({ port: 0, host: '::1' });
  expect(url).toBe(`http://[::1]:${port}/`);
  expect((await fetch(url)).status).toBe(200);
});

it('closes its servers with the dashboard', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  const stream = await fetch(new URL('api/v1/stream', url), { headers: { authorization: `Bearer ${token}` } });
  await scene.dashboard.close();
  await scene.dashboard.close();
  await stream.text();
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

it('rejects if the port is in use', async () => {
  const other = createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = other.address() as { readonly port: number };
  await expect(new DashboardScene().dashboard.listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
});

it.each([
  [{ port: -1 }, '"port" must be a whole number from 0 to 65535; it is -1.'],
  [{ port: '4321' }, '"port" must be a whole number from 0 to 65535; it is "4321".'],
  [{ host: '' }, `"host" must be an address such as '127.0.0.1'; it is "".`],
  [{ Host: 'localhost' }, 'Unknown option "Host". Did you mean "host"?'],
])('says what to write instead of %j', async (options, message) => {
  const listening = new DashboardScene().dashboard.listen(options as never);
  await expect(listening).rejects.toThrow(InvalidOptionsError);
  await expect(listening).rejects.toThrow(message);
});

it('listens beyond this computer only with a token', async () => {
  const open = new DashboardScene({ auth: false, authorize: () => true });
  for (const host of ['0.0.0.0', '::', '192.168.1.5', '127.0.0.1.evil.example']) {
    await expect(open.dashboard.listen({ port: 0, host })).rejects.toThrow(
      'listen() beyond this computer needs "auth"',
    );
  }
  for (const host of ['127.0.0.1', 'localhost', '::1']) {
    const { close } = await open.dashboard.listen({ port: 0, host });
    await close();
  }
});

it('slows down each client by its address', async () => {
  const scene = new DashboardScene();
  const { url } = await scene.dashboard.listen({ port: 0 });
  const ask = (bearer: string) =>
    problemOf(fetch(new URL('api/v1/session', url), { headers: { authorization: `Bearer ${bearer}` } }));
  expect([await ask('a-wrong-token-of-the-test'), await ask(token)]).toEqual(['401 wrong-token', '429 too-many-tries']);
  // Without a network there is no address.
  expect(await problemOf(scene.get('/api/v1/session'))).toBe('200');
});

it('answers requests that no browser sends', async () => {
  const { port } = await new DashboardScene().dashboard.listen({ port: 0 });
  const statusOf = async (request: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${request}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += String(part);
    expect(text).not.toMatch(/\bat .*:\d+:\d+/);
    return text.split(' ')[1] ?? '';
  };
  expect(await statusOf('GET / HTTP/1.1\r\nHost: local host')).toBe('400');
  expect(await statusOf('GET / HTTP/1.1\r\nHost: evil.example/?@localhost')).toBe('400');
  expect(await statusOf('GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost')).toBe('404');
  expect(await statusOf('GET /assets/../../package.json HTTP/1.1\r\nHost: localhost')).toBe('404');
  expect(await statusOf('GET http://evil.example/api/v1/session HTTP/1.1\r\nHost: localhost')).toBe('401');
  expect(await statusOf('OPTIONS * HTTP/1.1\r\nHost: localhost')).toBe('400');
});

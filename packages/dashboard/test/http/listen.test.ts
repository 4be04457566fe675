import { once } from 'node:events';
import { createServer as createHttpServer, get, Server, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { InvalidOptionsError } from '@api-key-fallback/core';
import { expect, it, vi } from 'vitest';
import { LiveEvents, LiveSocket, statusOfUpgrade } from '../live/live-client.ts';
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

/** The status of an answer to a request that names this host. */
async function statusFor(port: number, host: string, address = '127.0.0.1'): Promise<number> {
  const headers = { host, authorization: `Bearer ${token}` };
  const request = get({ host: address, port, path: '/api/v1/session', headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

it('answers at the address that it returns', async () => {
  const { url, port } = await new DashboardScene().dashboard.listen({ port: 0, host: '127.0.0.2' });
  expect(url).toBe(`http://127.0.0.2:${port}/`);
  expect((await fetch(url)).status).toBe(200);
  expect(await statusFor(port, `10.0.0.5:${port}`, '127.0.0.2')).toBe(421);
});

it.each(['0.0.0.0', '::'])('answers to all addresses of this computer, but to no other name, at %s', async (host) => {
  const { port } = await new DashboardScene().dashboard.listen({ port: 0, host });
  for (const name of ['127.0.0.1', '127.0.0.2', '192.168.1.5', '[2001:db8::5]', 'localhost']) {
    expect([name, await statusFor(port, `${name}:${port}`)]).toEqual([name, 200]);
  }
  for (const name of ['evil.example', '192.168.1.5.evil.example', '1.2.3', '[::1%eth0]', '[1.2.3.4]']) {
    expect([name, await statusFor(port, `${name}:${port}`)]).not.toEqual([name, 200]);
  }
});

it('writes one line for an error of a server that listens, and goes on', async () => {
  const scene = new DashboardScene();
  const listen = vi.spyOn(Server.prototype, 'listen');
  const { url } = await scene.dashboard.listen({ port: 0 });
  const server = listen.mock.contexts[0] as Server;
  listen.mockRestore();
  for (const text of ['too many open files', 'again']) server.emit('error', new Error(text));
  expect(scene.logged.map((line) => line.split(': ').at(-1))).toEqual(['too many open files', 'again']);
  expect((await fetch(url)).status).toBe(200);
});

it('starts nothing and answers nothing once it is closed', async () => {
  const scene = new DashboardScene();
  const underWay = scene.dashboard.listen({ port: 0 });
  const closed = scene.dashboard.close();
  await expect(underWay).rejects.toThrow('The dashboard is closed.');
  await expect(scene.dashboard.listen({ port: 0 })).rejects.toThrow('The dashboard is closed.');
  await closed;
  for (const path of ['/', '/assets/none.js', '/api/v1/session', '/api/v1/stream', '/none']) {
    expect(await problemOf(scene.get(path))).toBe('503 closed');
  }
  expect(await problemOf(scene.act('main', 'disable'))).toBe('503 closed');
  expect(scene.manager.status().usable).toBe(3);
  const server = createHttpServer((incoming, outgoing) => void scene.dashboard.node(incoming, outgoing));
  scene.dashboard.attachWebSocket(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await problemOf(fetch(url))).toBe('503 closed');
  expect(await statusOfUpgrade(url, { authorization: `Bearer ${token}` })).toBe(503);
  server.close();
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

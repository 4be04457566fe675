import { describe, expect, it } from 'vitest';
import { answer, ok, one, startKeyServer, two } from './start-key-server.ts';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a server of another origin that records the headers of its requests. */
async function startStranger(): Promise<{ url: string; headers: IncomingHttpHeaders[] } & AsyncDisposable> {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    response.end('stranger');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    headers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const to = (location: string, status = 302) => answer(status, {}, { location });

describe('a redirect within the origin', () => {
  it.each([301, 302, 303, 307, 308])('is followed with the same key after %i', async (status) => {
    await using server = await startKeyServer({ [one]: [to('/b?c=d', status), ok] });
    const response = await server.keyedFetch()(`${server.url}/a`, { headers: { 'x-own': '1' } });
    expect(await response.json()).toEqual({ fine: true });
    expect(server.requests).toMatchObject([
      { key: one, url: '/a', method: 'GET' },
      { key: one, url: '/b?c=d', method: 'GET', headers: { 'x-own': '1' } },
    ]);
    expect(server.key(one).usage).toMatchObject({ attempts: 1, successes: 1 });
  });

  it('is followed for a HEAD request and for a Request', async () => {
    await using server = await startKeyServer({ [one]: [to('/b'), ok, to('/c'), ok] });
    await server.keyedFetch()(server.url, { method: 'HEAD' });
    await server.keyedFetch()(new Request(server.url, { headers: { 'x-own': '1' } }));
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD /',
      'HEAD /b',
      'GET /',
      'GET /c',
    ]);
    expect(server.requests[3]?.headers['x-own']).toBe('1');
  });

  it('is followed again with the next key', async () => {
    await using server = await startKeyServer({ [one]: [to('/b'), answer(401)], [two]: [to('/c'), ok] });
    expect((await server.keyedFetch()(`${server.url}/a`)).status).toBe(200);
    expect(server.requests.map(({ url }) => url)).toEqual(['/a', '/b', '/a', '/c']);
  });

  it('is returned for a request with a body, without affecting the key', async () => {
    await using server = await startKeyServer({ [one]: [to('/b', 307)] });
    const response = await server.keyedFetch()(`${server.url}/a`, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('location')]).toEqual([307, '/b']);
    expect(server.keys).toEqual([one]);
    expect(server.key(one).state).toBe('healthy');
  });

  it('is returned with redirect: manual', async () => {
    await using server = await startKeyServer({ [one]: [to('/b')] });
    expect((await server.keyedFetch()(server.url, { redirect: 'manual' })).status).toBe(302);
    expect((await server.keyedFetch()(new Request(server.url, { redirect: 'manual' }))).status).toBe(302);
    expect(server.keys).toEqual([one, one]);
  });

  it('throws with redirect: error, without affecting the key', async () => {
    await using server = await startKeyServer({ [one]: [to('/b')], [two]: [ok] });
    await expect(server.keyedFetch()(server.url, { redirect: 'error' })).rejects.toThrow(TypeError);
    expect(server.keys).toEqual([one]);
    expect(server.key(one).state).toBe('healthy');
  });

  it('is followed 20 times', async () => {
    await using server = await startKeyServer({ [one]: [to('/again')] });
    expect((await server.keyedFetch()(server.url)).status).toBe(302);
    expect(server.keys).toHaveLength(21);
  });
});

describe('a redirect to another origin', () => {
  it.each([
    ['a GET request', {}],
    ['a POST request', { method: 'POST', body: '{}' }],
    ['a request that forbids redirects', { redirect: 'error' as const }],
  ])('does not receive the key of %s', async (_name, init) => {
    await using stranger = await startStranger();
    await using server = await startKeyServer({ [one]: [to(`${stranger.url}/steal`)] });
    const response = await server
      .keyedFetch()(server.url, init)
      .catch(() => undefined);
    expect(response?.status ?? 'error').toBe('redirect' in init ? 'error' : 302);
    expect(stranger.headers).toEqual([]);
  });

  it.each(['//other.example/x', 'https://127.0.0.1/x', 'ftp://127.0.0.1/', 'http://[', 'data:,x'])(
    'is returned: %s',
    async (location) => {
      await using server = await startKeyServer({ [one]: [to(location)] });
      expect((await server.keyedFetch()(server.url)).status).toBe(302);
      expect(server.keys).toEqual([one]);
    },
  );

  it('can be followed by the caller, without the key', async () => {
    await using stranger = await startStranger();
    await using server = await startKeyServer({ [one]: [to(stranger.url)] });
    const response = await server.keyedFetch()(server.url);
    await fetch(response.headers.get('location') ?? '');
    expect(JSON.stringify(stranger.headers)).not.toContain(one);
    expect(stranger.headers).toHaveLength(1);
  });
});

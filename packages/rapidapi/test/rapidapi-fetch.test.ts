import { InvalidOptionsError } from '@api-key-fallback/core';
import { AsyncResource } from 'node:async_hooks';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitingList } from '../../../test-support/waiting-list.ts';
import { RapidApiError, rapidApiFetch, RapidApiKeyManager, type RapidApiRequest } from '../src/index.ts';
import { answer, key, play, provoke, weather } from './play-rapidapi.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A server that records the headers of its requests. */
async function listen(status: number, headers: Readonly<Record<string, string>> = {}) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(status, headers).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, [Symbol.dispose]: () => void server.close() };
}

function call(host: string, path: string, init?: Parameters<typeof rapidApiFetch>[2]): Promise<Response> {
  const manager = new RapidApiKeyManager([key], { logger: false });
  return manager.retryWithFallback(() => rapidApiFetch(host, path, init), { operation: host, maxRetries: 1 });
}

describe('a request', () => {
  it('sends the key of the current attempt, the host and the headers of the caller', async () => {
    using server = await listen(200);
    const headers = { accept: 'text/plain', 'x-rapidapi-host': 'other.example' };
    const response = await call(weather, '/v1/today', { baseUrl: server.url, headers });
    expect(response.status).toBe(200);
    expect(server.seen).toMatchObject([{ accept: 'text/plain', 'x-rapidapi-key': key, 'x-rapidapi-host': weather }]);
  });

  it.each<[string, string]>([
    ['baseURL', 'baseUrl'],
    ['base_url', 'baseUrl'],
    ['apikey', 'apiKey'],
    ['api_key', 'apiKey'],
  ])('with a misspelt field is not sent: %s', async (wrong, right) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const misspelt = { [wrong]: 'http://127.0.0.1:9' } as never;
    await expect(rapidApiFetch(weather, '/', misspelt)).rejects.toThrow(`Did you mean "init.${right}"?`);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('goes to the host over https by default', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(new Response('{}')));
    for (const path of ['/v1/today?q=a b', 'v1/today', '/', '', '//other.example/', '@other.example/']) {
      await call(weather, path);
    }
    const hosts = fetched.mock.calls.map(([url]) => new URL(url as string));
    expect(hosts.map(({ origin }) => origin)).toEqual(hosts.map(() => `https://${weather}`));
    expect(hosts.slice(0, 4).map(({ pathname, search }) => pathname + search)).toEqual([
      '/v1/today?q=a%20b',
      '/v1/today',
      '/',
      '/',
    ]);
  });

  it.each([`https://${weather}`, `${weather}/v1`, `${weather}@other.example`, `${weather}:443`, '', 'a b', 'a\\b'])(
    'rejects a host that is not a bare host name: %s',
    async (host) => {
      const fetched = vi.spyOn(globalThis, 'fetch');
      await expect(call(host, '/')).rejects.toThrow(InvalidOptionsError);
      expect(fetched).not.toHaveBeenCalled();
    },
  );

  it.each([
    ['of a wrong type', [weather]],
    ['that cannot be printed', Object.create(null)],
    ['of 10 MB', 'x'.repeat(10_000_000)],
  ])('rejects a host %s with a short message', async (_what, host) => {
    const error = await call(host as string, '/').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect((error as Error).message.length).toBeLessThan(1000);
  });

  it('needs a key: its own, or that of a running attempt', async () => {
    using server = await listen(200);
    const { url: baseUrl } = server;
    const missing = { code: 'NO_CURRENT_ATTEMPT', message: expect.stringContaining('{ apiKey }') };
    await expect(rapidApiFetch(weather, '/', { baseUrl })).rejects.toMatchObject(missing);
    const manager = new RapidApiKeyManager([key], { logger: false });
    const later = await manager.retryWithFallback(() => Promise.resolve(AsyncResource.bind(rapidApiFetch)));
    await expect(later(weather, '/', { baseUrl })).rejects.toMatchObject(missing);
    expect(server.seen).toEqual([]);
    expect((await later(weather, '/', { baseUrl, apiKey: 'own' })).status).toBe(200);
    expect((await rapidApiFetch(weather, '/', { baseUrl, headers: { 'X-RapidAPI-Key': 'own' } })).status).toBe(200);
    expect(server.seen.map((headers) => headers['x-rapidapi-key'])).toEqual(['own', 'own']);
  });

  it.each<[string, RapidApiRequest]>([
    ['the option', { apiKey: 'given' }],
    ['the header', { headers: { 'x-rapidapi-key': 'given' } }],
    ['the option, not the header', { apiKey: 'given', headers: { 'x-rapidapi-key': 'other' } }],
  ])('sends the key of %s, although another attempt runs', async (_name, init) => {
    using server = await listen(200, { 'x-ratelimit-requests-remaining': '7' });
    const manager = new RapidApiKeyManager([key], { logger: false });
    await manager.retryWithFallback(() => rapidApiFetch(weather, '/', { ...init, baseUrl: server.url }));
    expect(server.seen).toMatchObject([{ 'x-rapidapi-key': 'given' }]);
    // The limits are those of the other key.
    expect(manager.status().keys[0]?.limits ?? []).toEqual([]);
  });

  it('of a waiting list blames only its own key', async () => {
    const [dead, ...healthy] = ['dead', 'first', 'second'].map((name) => `${name}-0123456789`);
    const answers = createServer((request, response) => {
      const isDead = request.headers['x-rapidapi-key'] === dead;
      response.writeHead(isDead ? 401 : 200, { 'x-rapidapi-proxy-response': 'true' });
      response.end(isDead ? '{"message":"Invalid API key."}' : '{}');
    }).listen(0, '127.0.0.1');
    await once(answers, 'listening');
    const baseUrl = `http://127.0.0.1:${(answers.address() as AddressInfo).port}`;
    const run = waitingList();
    const manager = new RapidApiKeyManager([dead ?? '', ...healthy], { logger: false });
    const ask = () =>
      manager.retryWithFallback((apiKey) => run(() => rapidApiFetch(weather, '/', { baseUrl, apiKey })), { delay: 0 });
    const responses = await Promise.all(Array.from({ length: 9 }, ask));
    answers.close();
    answers.closeAllConnections();
    expect(responses.map(({ status }) => status)).toEqual(Array(9).fill(200));
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['disabled', 'healthy', 'healthy']);
  });

  it('is aborted by the signal of the call and by its own', async () => {
    await using running = await play([['hang']]);
    const { service, manager, server } = running;
    /** A signal that aborts when the server has seen this number of requests. */
    function abortAfter(requests: number, name: 'TimeoutError' | 'AbortError'): AbortSignal {
      const controller = new AbortController();
      const abort = () => controller.abort(new DOMException('It is over', name));
      void vi.waitUntil(() => server.requestCount() === requests, { interval: 1, timeout: 4000 }).finally(abort);
      return controller.signal;
    }
    // The time limit is the caller's, because the signal is the last argument. In any other place only an abort is.
    const limited = service.forecast('/v1/today', abortAfter(1, 'TimeoutError'));
    await expect(limited).rejects.toMatchObject({ name: 'TimeoutError' });
    const aborted = service.forecastUntil({ until: abortAfter(2, 'AbortError') });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requestCount()).toBe(2);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});

describe('a redirect', () => {
  it('never sends the key to another origin, and rejects after one request', async () => {
    using otherOrigin = await listen(200);
    using gateway = await listen(302, { location: `${otherOrigin.url}/stolen` });
    const refused = call(weather, '/v1/today', { baseUrl: gateway.url });
    await expect(refused).rejects.toMatchObject({ name: 'RapidApiError', status: 302, message: 'HTTP 302' });
    expect(gateway.seen).toHaveLength(1);
    expect(otherOrigin.seen).toEqual([]);
  });

  it('is not followed when untyped code sets `redirect`', async () => {
    using otherOrigin = await listen(200);
    using gateway = await listen(307, { location: otherOrigin.url });
    const init = { baseUrl: gateway.url, redirect: 'follow' as const };
    await expect(call(weather, '/', init)).rejects.toMatchObject({ status: 307 });
    expect(otherOrigin.seen).toEqual([]);
  });
});

describe('an error', () => {
  it('has status, host, headers and body', async () => {
    const { error } = await provoke(answer(404, "Endpoint '/nope' does not exist", { 'x-rapidapi-version': '1.2.8' }));
    expect(error).toBeInstanceOf(RapidApiError);
    const { name, message, status, host, headers, body } = error as RapidApiError;
    expect({ name, message, status, host, body }).toEqual({
      name: 'RapidApiError',
      message: "Endpoint '/nope' does not exist",
      status: 404,
      host: weather,
      body: { message: "Endpoint '/nope' does not exist" },
    });
    expect(headers.get('x-rapidapi-version')).toBe('1.2.8');
  });

  it.each([
    [{ messages: 'It has timed out.' }, 'It has timed out.', { messages: 'It has timed out.' }],
    [{ message: { text: 'nested' } }, 'HTTP 400', { message: { text: 'nested' } }],
    [['a list'], 'HTTP 400', ['a list']],
    ['<html>Bad request</html>', 'HTTP 400', '<html>Bad request</html>'],
    ['{"message": "cut', 'HTTP 400', '{"message": "cut'],
    ['null', 'HTTP 400', null],
    [null, 'HTTP 400', undefined],
  ])('uses the message of the body: %j', async (sent, message, body) => {
    const { error } = await provoke({ status: 400, body: sent });
    expect(error).toMatchObject({ message, body });
  });

  it('keeps status and headers when the connection breaks in the body', async () => {
    const cut = createServer((_request, response) => {
      response.writeHead(403, { 'content-length': '999', 'x-rapidapi-version': '1.2.8' });
      response.write('{"mess', () => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(cut, 'listening');
    const baseUrl = `http://127.0.0.1:${(cut.address() as AddressInfo).port}`;
    await expect(call(weather, '/', { baseUrl })).rejects.toMatchObject({ status: 403, body: undefined });
    cut.close();
  });

  it('closes the connection of a body that never ends', async () => {
    const closed = Promise.withResolvers<void>();
    const endless = createServer((_request, response) => {
      response.on('close', closed.resolve).writeHead(403);
      const write = (): void =>
        void (response.write('x'.repeat(16_384)) ? setImmediate(write) : response.once('drain', write));
      write();
    }).listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const baseUrl = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
    await expect(call(weather, '/', { baseUrl })).rejects.toMatchObject({ status: 403, body: `${'x'.repeat(4096)}…` });
    await closed.promise;
    endless.close();
  });

  it('contains no key, however the response spells it', async () => {
    const awkward = 'aB3"\\+/=&key-0123456789';
    const base64 = Buffer.from(awkward).toString('base64');
    const answers = createServer((_request, response) => {
      const body = { message: `Bad ${awkward}`, [awkward]: { url: `/?k=${encodeURIComponent(awkward)}`, base64 } };
      response.writeHead(400, { 'x-echo': awkward }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(answers, 'listening');
    const baseUrl = `http://127.0.0.1:${(answers.address() as AddressInfo).port}`;
    const manager = new RapidApiKeyManager([awkward], { logger: false });
    const error: unknown = await manager
      .retryWithFallback(() => rapidApiFetch(weather, '/', { baseUrl }))
      .catch((thrown: unknown) => thrown);
    answers.close();
    expect(error).toBeInstanceOf(RapidApiError);
    const { headers, message } = error as RapidApiError;
    expect(message).toBe('Bad [redacted]');
    expect(headers.get('x-echo')).toBe('[redacted]');
    const texts = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(error)];
    for (const text of texts) expect(text).not.toMatch(/aB3|0123456789|YUIz/);
  });
});

describe('a key that cannot be sent in a header', () => {
  it.each(['first\nsecond-0123456789', 'first\rsecond-0123456789', 'nul\0second-0123456789', 'emoji-🔑-0123456789'])(
    'is rejected by the constructor without appearing in the error: %j',
    (bad) => {
      const fetched = vi.spyOn(globalThis, 'fetch');
      let error: unknown;
      try {
        error = new RapidApiKeyManager([key, bad], { logger: false });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect(inspect(error, { showHidden: true })).not.toMatch(/second|0123456789/);
      expect(fetched).not.toHaveBeenCalled();
    },
  );
});

import { once } from 'node:events';
import { Readable } from 'node:stream';
import nodeFetch from 'node-fetch';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { answer, hang, ok, one, reset, startKeyServer, two, type Answer } from './start-key-server.ts';

const fetch = nodeFetch as unknown as typeof globalThis.fetch;

describe('node-fetch as the fetch of a keyed fetch', () => {
  it('streams a response', async () => {
    const begun = Promise.withResolvers<(text?: string) => void>();
    const stream: Answer = (response) => {
      response.writeHead(200).flushHeaders();
      begun.resolve((text) => void (text === undefined ? response.end() : response.write(text)));
    };
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [stream] });
    const response = await server.keyedFetch({ fetch })(server.url);
    expect(response.body).toBeInstanceOf(Readable);
    const write = await begun.promise;
    write('first');
    const chunks = (response.body as unknown as Readable)[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe('first');
    write();
    expect(await chunks.next()).toMatchObject({ done: true });
  });

  it('falls over with a body of every kind', async () => {
    const body = JSON.stringify({ text: 'olá' });
    await using server = await startKeyServer({ [one]: [reset], [two]: [ok] });
    for (const sent of [body, Buffer.from(body), new Blob([body])]) {
      const response = await server.keyedFetch({ fetch, maxRetries: 1 })(server.url, { method: 'POST', body: sent });
      expect(await response.json()).toEqual({ fine: true });
    }
    expect(server.requests.map((request) => request.body.toString())).toEqual(Array(server.keys.length).fill(body));
  });

  it('classifies an error response by its body', async () => {
    const seen: unknown[] = [];
    const adapter = {
      classifyError(error: unknown) {
        seen.push((error as { body: unknown }).body);
        return { kind: 'quota-exhausted', reason: 'used up' } as const;
      },
    };
    const body = { error: { code: 'used_up', text: 'x'.repeat(50_000) } };
    await using server = await startKeyServer({ [one]: [answer(429, body)], [two]: [ok] }, { adapter });
    expect((await server.keyedFetch({ fetch })(server.url)).status).toBe(200);
    expect(seen).toEqual([{ error: { code: 'used_up', text: `${'x'.repeat(4096)}…` } }]);
  });

  it('returns the last error response whole', async () => {
    const body = { text: 'x'.repeat(200_000) };
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [answer(401, body, { 'x-own': '1' })] });
    const response = await server.keyedFetch({ fetch })(`${server.url}/path`);
    expect(response).toMatchObject({ status: 401, url: `${server.url}/path` });
    expect(response.headers.get('x-own')).toBe('1');
    expect(await response.json()).toEqual(body);
  });

  it('follows a redirect within the origin', async () => {
    await using server = await startKeyServer({ [one]: [answer(302, {}, { location: '/b' }), ok] });
    expect(await (await server.keyedFetch({ fetch })(`${server.url}/a`)).json()).toEqual({ fine: true });
    expect(server.requests.map(({ url }) => url)).toEqual(['/a', '/b']);
  });

  it.each([
    ['an error response', 401, {}],
    ['a redirect', 302, { location: '/b' }],
  ])('gives up %s whose body does not end', async (_name, status, headers) => {
    const closed = Promise.withResolvers<unknown>();
    const endless: Answer = (response) => {
      response.once('close', closed.resolve);
      response.writeHead(status, headers).write('{');
    };
    await using server = await startKeyServer({ [one]: [endless, ok], [two]: [ok] }, { stepped: true });
    const call = server.keyedFetch({ fetch })(server.url);
    await server.seen(1);
    let isOver = false;
    void call.then(() => (isOver = true));
    while (!isOver) {
      await settle();
      await server.runtime.advance(1000);
    }
    expect((await call).status).toBe(200);
    await closed.promise;
  });

  it('ends with the reason of an abort', async () => {
    await using server = await startKeyServer({ [one]: [hang] });
    const controller = new AbortController();
    const call = server.keyedFetch({ fetch })(server.url, { signal: controller.signal });
    call.catch(() => {});
    await server.seen(1);
    const closed = server.lastClosed();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await closed;
    expect(server.key(one).state).toBe('healthy');
  });

  it('is aborted while an error body is read, without an uncaught error', async () => {
    const endless: Answer = (response) => void response.writeHead(500).write('{');
    await using server = await startKeyServer({ [one]: [endless], [two]: [ok] }, { stepped: true });
    const call = server.keyedFetch({ fetch, attemptTimeout: 50, maxRetries: 1 })(server.url);
    await server.seen(1);
    const [socket] = server.requests.map((request) => request.socket);
    const closed = socket && once(socket, 'close');
    while (server.runtime.asleep < 2) await settle();
    await server.runtime.advance(50);
    expect((await call).status).toBe(200);
    await closed;
  });
});

it('judges a response that has only a status and headers', async () => {
  await using server = await startKeyServer({ [one]: [ok], [two]: [ok] });
  const headers = new Headers({ 'retry-after': '60' });
  const answers = [
    { status: 429, headers },
    { status: 200, headers: new Headers() },
  ];
  const send = async () => answers.shift() as Response;
  expect(await server.keyedFetch({ fetch: send })(server.url)).toMatchObject({ status: 200 });
  expect(server.key(one).state).toBe('cooling');
});

import ky from 'ky';
import * as nodeFetch from 'node-fetch';
import createClient from 'openapi-fetch';
import * as undici from 'undici';
import { DeadlineExceededError, InvalidOptionsError } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { answer, ok, one, reset, startKeyServer, two } from './start-key-server.ts';

function form(): FormData {
  const data = new FormData();
  data.append('name', 'olá');
  data.append('file', new File([new Uint8Array([0, 1, 2, 255])], 'a.bin', { type: 'application/x-own' }));
  return data;
}

const json = { messages: [{ role: 'user', content: 'olá' }] };
const parts = ['olá ', 'mundo'];

async function* generate(): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

/** A stream whose bytes never come. */
function endless() {
  const cancelled = Promise.withResolvers<unknown>();
  return { stream: new ReadableStream({ cancel: cancelled.resolve }), cancelled: cancelled.promise };
}

const post = (body: NonNullable<RequestInit['body']>) => ({ method: 'POST', body, duplex: 'half' }) as const;

describe('a Request with a body', () => {
  it.each<[string, () => NonNullable<RequestInit['body']>, type: string]>([
    ['a string', () => 'olá', 'text/plain;charset=UTF-8'],
    ['an empty string', () => '', 'text/plain;charset=UTF-8'],
    ['a Uint8Array', () => new Uint8Array([0, 1, 255]), ''],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', () => new Blob(['{"a":1}'], { type: 'application/json' }), 'application/json'],
    ['a stream', () => ReadableStream.from(generate()), ''],
    ['an async iterable', generate, ''],
  ])('is sent whole with every key: %s', async (_name, makeBody, type) => {
    await using server = await startKeyServer({ [one]: [reset], [two]: [ok] });
    const expected = Buffer.from(await new Response(makeBody()).arrayBuffer());
    const request = new Request(`${server.url}/path`, { ...post(makeBody()), headers: { 'x-own': '1' } });
    expect((await server.keyedFetch({ maxRetries: 2 })(request)).status).toBe(200);
    expect(server.keys).toEqual([one, one, two]);
    for (const { body, headers, method, url } of server.requests) {
      expect({ method, url }).toEqual({ method: 'POST', url: '/path' });
      expect(body.equals(expected)).toBe(true);
      expect(headers).toMatchObject({ 'x-own': '1', 'content-length': String(expected.length) });
      expect(headers['content-type'] ?? '').toBe(type);
    }
  });

  it('is sent whole with every key: FormData', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    await server.keyedFetch()(new Request(server.url, post(form())));
    expect(server.keys).toEqual([one, two]);
    for (const { body, headers } of server.requests) {
      const type = headers['content-type'] ?? '';
      const received = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
      expect([...received.keys()]).toEqual(['name', 'file']);
      expect(received.get('name')).toBe('olá');
      expect(await (received.get('file') as File).bytes()).toEqual(new Uint8Array([0, 1, 2, 255]));
      expect(headers['content-length']).toBe(String(body.length));
    }
  });

  it('is sent whole even if it is larger than maxBufferedBody, but only once', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    const large = 'x'.repeat(1_000_000);
    const keyedFetch = server.keyedFetch({ maxBufferedBody: 999_999 });
    expect((await keyedFetch(new Request(server.url, post(large)))).status).toBe(401);
    expect(server.requests.map(({ body }) => body.toString() === large)).toEqual([true]);
    expect((await server.keyedFetch({ maxBufferedBody: 1_000_000 })(new Request(server.url, post(large)))).ok).toBe(
      true,
    );
  });

  it('keeps its body if the second argument has none', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    await server.keyedFetch()(new Request(server.url, post('own')), { body: null, headers: { 'x-own': '1' } });
    expect(server.requests.map(({ body, headers }) => [body.toString(), headers['x-own']])).toEqual([
      ['own', '1'],
      ['own', '1'],
    ]);
  });

  it('is rejected like by fetch if its body was read, and no key is used', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const request = new Request(server.url, post('own'));
    await request.text();
    await expect(server.keyedFetch()(request)).rejects.toThrow(TypeError);
    expect(server.key(one).usage.attempts).toBe(0);
  });

  it('is rejected with the error of its stream, and no key is used', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const broken = new ReadableStream({
      pull() {
        throw new Error('the disk is gone');
      },
    });
    await expect(server.keyedFetch()(new Request(server.url, post(broken)))).rejects.toThrow('the disk is gone');
    expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { attempts: 0 } });
  });

  it('ends with the reason of an abort while its body is read', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const { stream, cancelled } = endless();
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = server.keyedFetch()(new Request(server.url, { ...post(stream), signal: controller.signal }));
    call.catch(() => {});
    await settle();
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(await cancelled).toBe(reason);
    expect(server.key(one).usage.attempts).toBe(0);
  });

  it('ends at the deadline while its body is read', async () => {
    await using server = await startKeyServer({ [one]: [ok] }, { stepped: true });
    const { stream, cancelled } = endless();
    const call = server.keyedFetch({ deadline: 500 })(new Request(server.url, post(stream)));
    call.catch(() => {});
    await server.runtime.advance(500);
    await expect(call).rejects.toSatisfy(DeadlineExceededError.isInstance);
    await cancelled;
    expect(server.runtime.asleep).toBe(0);
  });

  it('counts the time of reading its body towards the deadline', async () => {
    await using server = await startKeyServer({ [one]: [() => {}] }, { stepped: true });
    const { readable, writable } = new TransformStream<Uint8Array>();
    const call = server.keyedFetch({ deadline: 500 })(new Request(server.url, post(readable)));
    call.catch(() => {});
    await server.runtime.advance(400);
    await writable.close();
    await server.seen(1);
    await server.runtime.advance(100);
    await expect(call).rejects.toSatisfy(DeadlineExceededError.isInstance);
  });
});

it.each([-1, 1.5, Infinity, '10', null])('rejects maxBufferedBody: %j', async (maxBufferedBody) => {
  await using server = await startKeyServer({ [one]: [ok] });
  expect(() => server.keyedFetch({ maxBufferedBody } as never)).toThrow(InvalidOptionsError);
});

it('keeps the dispatcher of a Request', async () => {
  await using server = await startKeyServer({ [one]: [ok] });
  const dispatcher = {
    dispatch() {
      throw new Error('through my proxy');
    },
  };
  const request = new Request(server.url, { ...post('body'), dispatcher } as unknown as RequestInit);
  const call = server.keyedFetch({ maxRetries: 1 })(request);
  await expect(call).rejects.toMatchObject({ cause: { message: 'through my proxy' } });
});

describe('the clients that send a Request', () => {
  it('ky falls over', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    const client = ky.create({ fetch: server.keyedFetch(), retry: 0, baseUrl: server.url });
    expect(await client.post('path', { json }).json()).toEqual({ fine: true });
    expect(await client.post('form', { body: form() }).json()).toEqual({ fine: true });
    expect(server.requests.map(({ key, url }) => `${key} ${url}`)).toEqual([
      `${one} /path`,
      `${two} /path`,
      `${two} /form`,
    ]);
    expect(server.requests.slice(0, 2).map(({ body }) => JSON.parse(body.toString()) as unknown)).toEqual([json, json]);
  });

  it('openapi-fetch falls over', async () => {
    await using server = await startKeyServer({ [one]: [answer(429, {}, { 'retry-after': '60' })], [two]: [ok] });
    interface Paths {
      '/path': {
        post: {
          requestBody: { content: { 'application/json': typeof json } };
          responses: { 200: { content: { 'application/json': { fine: boolean } } } };
        };
      };
    }
    const client = createClient<Paths>({ baseUrl: server.url, fetch: server.keyedFetch() });
    const { data } = await client.POST('/path', { body: json });
    expect(data).toEqual({ fine: true });
    expect(server.keys).toEqual([one, two]);
    for (const { body, headers } of server.requests) {
      expect(JSON.parse(body.toString())).toEqual(json);
      expect(headers['content-type']).toBe('application/json');
    }
  });
});

describe('a Request of another library', () => {
  it.each<[string, typeof Request, typeof fetch | undefined]>([
    ['undici, with the global fetch', undici.Request as never, undefined],
    ['undici, with its own fetch', undici.Request as never, undici.fetch as never],
    ['node-fetch, with the global fetch', nodeFetch.Request as never, undefined],
    ['node-fetch, with its own fetch', nodeFetch.Request as never, nodeFetch.default as never],
    ['Node, with the fetch of undici', Request, undici.fetch as never],
    ['Node, with node-fetch', Request, nodeFetch.default as never],
  ])('falls over: %s', async (_name, OtherRequest, otherFetch) => {
    await using server = await startKeyServer({ [one]: [answer(401), answer(401)], [two]: [ok] });
    const own = otherFetch ? { fetch: otherFetch } : {};
    const request = () =>
      new OtherRequest(`${server.url}/a?b=c`, { method: 'PUT', headers: { 'x-own': '1' }, body: 'olá' });
    expect((await server.keyedFetch(own)(request())).status).toBe(200);
    expect(server.requests).toMatchObject(
      [one, two].map((key) => ({
        key,
        method: 'PUT',
        url: '/a?b=c',
        headers: { 'x-own': '1' },
        body: Buffer.from('olá'),
      })),
    );
    await server.keyedFetch({ ...own, maxBufferedBody: 2 })(request());
    expect(server.requests[2]).toMatchObject({ body: Buffer.from('olá') });
    await server.keyedFetch(own)(new OtherRequest(`${server.url}/get`));
    expect(server.requests[3]).toMatchObject({ method: 'GET', url: '/get' });
  });
});

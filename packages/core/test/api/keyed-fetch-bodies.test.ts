import { describe, expect, it } from 'vitest';
import { answer, ok, one, reset, startKeyServer, two } from './start-key-server.ts';

function form(): FormData {
  const data = new FormData();
  data.append('name', 'olá');
  data.append('file', new File([new Uint8Array([0, 1, 2, 255])], 'a.bin', { type: 'application/x-own' }));
  return data;
}

/** Returns a multipart body without its random boundary. */
function plain(body: Buffer): string {
  const text = body.toString('latin1');
  const [boundary = ''] = text.split('\r\n');
  return text.replaceAll(boundary, '--boundary');
}

const large = 'x'.repeat(300_000);
const sent = ['chunk 1 ', 'chunk 2'];
const makeStream = () => ReadableStream.from(sent.map((text) => Buffer.from(text)));

describe('a repeatable body', () => {
  it.each<[string, () => NonNullable<RequestInit['body']>, string]>([
    ['a string', () => 'olá', 'text/plain;charset=UTF-8'],
    ['a long string', () => large, 'text/plain;charset=UTF-8'],
    ['an empty string', () => '', 'text/plain;charset=UTF-8'],
    ['a Uint8Array', () => new Uint8Array([0, 1, 255]), ''],
    ['an ArrayBuffer', () => new Uint8Array([9, 8]).buffer, ''],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', () => new Blob(['{"a":1}'], { type: 'application/json' }), 'application/json'],
  ])('is sent whole with every key: %s', async (_name, makeBody, contentType) => {
    await using server = await startKeyServer({ [one]: [answer(500), reset], [two]: [ok] });
    const expected = Buffer.from(await new Response(makeBody()).arrayBuffer());
    await server.keyedFetch({ maxRetries: 2 })(server.url, { method: 'POST', body: makeBody() });
    expect(server.keys).toEqual([one, one, two]);
    for (const { body, headers } of server.requests) {
      expect(body.equals(expected)).toBe(true);
      expect(headers['content-type'] ?? '').toBe(contentType);
      expect(headers['content-length']).toBe(String(expected.length));
    }
  });

  it('is sent whole with every key: FormData', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    await server.keyedFetch()(server.url, { method: 'POST', body: form() });
    const expected = plain(Buffer.from(await new Response(form()).arrayBuffer()));
    expect(server.requests.map(({ body }) => plain(body))).toEqual([expected, expected]);
    for (const { body, headers } of server.requests) {
      const boundary = /boundary=(.+)/.exec(headers['content-type'] ?? '')?.[1];
      expect(body.toString('latin1').startsWith(`--${boundary}\r\n`)).toBe(true);
    }
  });

  it('can be absent, also in a Request', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    const request = new Request(`${server.url}/r`, { method: 'DELETE', headers: { 'x-own': '1' } });
    expect((await server.keyedFetch()(request)).status).toBe(200);
    expect(server.requests).toMatchObject(
      [one, two].map((key) => ({ key, method: 'DELETE', headers: { 'x-own': '1' } })),
    );
  });

  it('replaces the body of a Request', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    const request = new Request(server.url, { method: 'POST', body: 'own' });
    await server.keyedFetch()(request, { body: 'other' });
    expect(server.requests.map(({ body }) => body.toString())).toEqual(['other', 'other']);
  });
});

describe('a body that can be sent only once', () => {
  const stream = (url: string) => [url, { method: 'POST', body: makeStream(), duplex: 'half' }] as const;
  const request = (url: string) => [new Request(url, { method: 'POST', body: sent.join('') })] as const;
  const maxBufferedBody = sent.join('').length - 1;
  const nodeStream = (url: string) => [url, { method: 'POST', body: makeStream().values(), duplex: 'half' }] as const;

  describe.each<[string, (url: string) => readonly [string | Request, RequestInit?]]>([
    ['a ReadableStream', stream],
    ['an async iterator', nodeStream as never],
    ['the body of a Request, larger than maxBufferedBody', request],
  ])('%s', (_name, makeArguments) => {
    it('is sent', async () => {
      await using server = await startKeyServer({ [one]: [ok] });
      expect((await server.keyedFetch({ maxBufferedBody })(...makeArguments(server.url))).status).toBe(200);
      expect(server.requests.map(({ body }) => body.toString())).toEqual([sent.join('')]);
    });

    it.each([401, 429, 500])('is not sent again after %i, and the response is returned', async (status) => {
      await using server = await startKeyServer({ [one]: [answer(status, { first: true })], [two]: [ok] });
      const response = await server.keyedFetch({ maxBufferedBody })(...makeArguments(server.url));
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ first: true });
      expect(server.keys).toEqual([one]);
      expect(server.key(one).state).not.toBe('healthy');
      expect(server.key(two).state).toBe('healthy');
      expect(server.runtime.sleeps).toEqual([]);
      const lines = server.log.filter((line) => line.includes('The request body is a stream and was already sent'));
      expect(lines).toHaveLength(1);
    });

    it('is not sent again after a network failure, and the error is rethrown', async () => {
      await using server = await startKeyServer({ [one]: [reset], [two]: [ok] });
      await expect(server.keyedFetch({ maxBufferedBody })(...makeArguments(server.url))).rejects.toMatchObject({
        message: 'fetch failed',
      });
      expect(server.keys).toEqual([one]);
    });

    it('prevents onExhausted: wait', async () => {
      await using server = await startKeyServer({ [one]: [answer(429, {}, { 'retry-after': '9' })] });
      const response = await server.keyedFetch({ maxBufferedBody, onExhausted: 'wait' })(...makeArguments(server.url));
      expect(response.status).toBe(429);
      expect(server.runtime.sleeps).toEqual([]);
    });
  });

  it('rethrows the timeout if its attempt takes too long', async () => {
    await using server = await startKeyServer({ [one]: [() => {}], [two]: [ok] }, { stepped: true });
    const call = server.keyedFetch({ attemptTimeout: 50 })(...stream(server.url));
    call.catch(() => {});
    await server.seen(1);
    await server.runtime.advance(50);
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(server.keys).toEqual([one]);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AllKeysFailedError } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { answer, ok, one, reset, startKeyServer, two } from './start-key-server.ts';

function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it was expected to fail'),
    (error: unknown) => error,
  );
}

describe('a keyed fetch', () => {
  it('replaces the caller’s key and changes nothing else', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const response = await server.keyedFetch()(`${server.url}/v1/a%20b?q=x+y&q=%C3%A9#part`, {
      method: 'PATCH',
      headers: { Authorization: 'Bearer unused', 'X-Request-Tag': 'seven', 'content-type': 'text/x-own' },
      body: 'olá',
    });
    expect(await response.json()).toEqual({ fine: true });
    expect(server.requests).toMatchObject([
      {
        key: one,
        method: 'PATCH',
        url: '/v1/a%20b?q=x+y&q=%C3%A9',
        headers: {
          'x-request-tag': 'seven',
          'content-type': 'text/x-own',
          authorization: `Bearer ${one}`,
          'content-length': '4',
        },
        body: Buffer.from('olá'),
      },
    ]);
    expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { attempts: 1, successes: 1, inUse: 0 } });
  });

  it('uses authorize() of the adapter', async () => {
    const authorize = (request: Request, secret: string) => {
      request.headers.set('x-test-key', secret);
      return new Request(`${request.url}?alt=json`, request);
    };
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] }, { adapter: { authorize } });
    const keyedFetch = server.keyedFetch();
    await keyedFetch(new URL(`${server.url}/a`), { headers: { 'x-test-key': 'unused' } });
    const request = new Request(`${server.url}/b`, { method: 'POST', headers: { 'x-own': '1' }, body: 'whole' });
    await keyedFetch(request);
    expect(server.keys).toEqual([one, two, two]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/a?alt=json', '/a?alt=json', '/b?alt=json']);
    expect(server.requests[2]).toMatchObject({ method: 'POST', headers: { 'x-own': '1' }, body: Buffer.from('whole') });
  });

  it.each([
    ['a wrong key', answer(401), 'disabled'],
    ['a limit with a long wait', answer(429, {}, { 'retry-after': '30' }), 'cooling'],
    ['a used-up budget', answer(402), 'cooling'],
  ])('falls over at once after %s', async (_name, failure, state) => {
    await using server = await startKeyServer({ [one]: [failure], [two]: [ok] });
    expect((await server.keyedFetch()(server.url)).status).toBe(200);
    expect(server.keys).toEqual([one, two]);
    expect(server.key(one).state).toBe(state);
    expect(server.runtime.sleeps).toEqual([]);
  });

  it.each([
    ['a limit without a stated wait', answer(429), 'cooling'],
    ['a server error', answer(500), 'suspect'],
    ['a connection that is cut', reset, 'suspect'],
  ])('retries, then falls over after %s', async (_name, failure, state) => {
    await using server = await startKeyServer({ [one]: [failure], [two]: [ok] });
    expect((await server.keyedFetch()(server.url, { method: 'POST', body: '{}' })).status).toBe(200);
    expect(server.keys).toEqual([one, one, one, two]);
    expect(server.key(one).state).toBe(state);
    expect(server.runtime.sleeps).toEqual([100, 100]);
  });

  it('waits for a short stated wait', async () => {
    await using server = await startKeyServer({ [one]: [answer(429, {}, { 'retry-after-ms': '40' }), ok] });
    expect((await server.keyedFetch()(server.url)).status).toBe(200);
    expect(server.runtime.sleeps).toEqual([40]);
  });

  it('passes status, headers and body of the response to classifyError', async () => {
    const seen: unknown[] = [];
    const adapter = {
      classifyError(error: unknown) {
        const { status, headers, error: said, response } = error as never;
        seen.push({ status, tag: (headers as Headers).get('x-tag'), said, response });
        return { kind: 'quota-exhausted', reason: 'daily', resetsAtMs: 5000 } as const;
      },
    };
    const body = { error: { code: 403, errors: [{ reason: 'quotaExceeded' }] } };
    await using server = await startKeyServer(
      { [one]: [answer(403, body, { 'x-tag': 't' })], [two]: [ok] },
      { adapter },
    );
    expect((await server.keyedFetch()(server.url)).status).toBe(200);
    expect(seen).toMatchObject([{ status: 403, tag: 't', said: body.error, response: { status: 403, data: body } }]);
    expect(server.key(one)).toMatchObject({ state: 'cooling', reason: 'quota-exhausted' });
  });

  it('returns the response to a caller error unchanged', async () => {
    await using server = await startKeyServer({ [one]: [answer(400, { error: { message: 'No.' } })], [two]: [ok] });
    const response = await server.keyedFetch({ throwOnExhausted: true })(`${server.url}/x`);
    expect(response).toMatchObject({ status: 400, url: `${server.url}/x`, bodyUsed: false });
    expect(await response.json()).toEqual({ error: { message: 'No.' } });
    expect(server.keys).toEqual([one]);
    expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { failures: { 'caller-error': 1 } } });
  });

  it('classifies a response with a truncated body by its status', async () => {
    const cut = answer(401);
    await using server = await startKeyServer({
      [one]: [
        (response) => {
          response.writeHead(401, { 'content-length': '99' });
          response.write('{"error":', () => response.destroy());
        },
      ],
      [two]: [cut],
    });
    const response = await server.keyedFetch()(server.url);
    expect(await response.json()).toEqual({ status: 401 });
    expect(server.keys).toEqual([one, two]);
    expect(server.key(one).state).toBe('disabled');
  });
});

describe('when no key is left', () => {
  it('returns the last response', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [answer(503, { last: true })] });
    const response = await server.keyedFetch()(server.url);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ last: true });
    expect(server.keys).toEqual([one, two, two, two]);
  });

  it('returns the last response even if the network failed after it', async () => {
    await using server = await startKeyServer({ [one]: [answer(429, { limit: 1 })], [two]: [reset] });
    const response = await server.keyedFetch({ maxRetries: 1 })(server.url);
    expect(await response.json()).toEqual({ limit: 1 });
  });

  it('rethrows the error of fetch if there was no response', async () => {
    await using server = await startKeyServer({ [one]: [reset], [two]: [reset] });
    const error = await rejection(server.keyedFetch({ maxRetries: 1 })(server.url));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'fetch failed' });
    expect(server.keys).toEqual([one, two]);
  });

  it('rethrows the error of fetch if the connection is refused', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await using server = await startKeyServer({ [one]: [ok], [two]: [ok] });
    const error = await rejection(server.keyedFetch({ maxRetries: 2 })(`http://127.0.0.1:${port}`));
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(server.manager.status().keys.map(({ usage }) => usage.attempts)).toEqual([2, 2]);
  });

  it('throws AllKeysFailedError with throwOnExhausted', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [answer(401)] });
    const error = await rejection(server.keyedFetch({ throwOnExhausted: true })(server.url));
    expect(AllKeysFailedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ reason: 'invalid-keys', attempts: [{ attemptNumber: 1 }, { attemptNumber: 1 }] });
  });

  it('throws AllKeysFailedError if no key was available', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    server.manager.disable(one);
    const error = await rejection(server.keyedFetch()(server.url));
    expect(error).toMatchObject({ code: 'ALL_KEYS_FAILED', attempts: [] });
    expect(server.keys).toEqual([]);
  });

  it('waits for the first key with onExhausted: wait', async () => {
    await using server = await startKeyServer({ [one]: [answer(429, {}, { 'retry-after': '20' }), ok] });
    expect((await server.keyedFetch({ onExhausted: 'wait' })(server.url)).status).toBe(200);
    expect(server.runtime.sleeps).toEqual([20_000]);
  });

  it('does not retry an ambiguous failure with idempotent: false', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [answer(500)] });
    expect((await server.keyedFetch({ idempotent: false })(server.url)).status).toBe(500);
    expect(server.keys).toEqual([one, two]);
  });
});

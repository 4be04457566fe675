import { once } from 'node:events';
import fetchOfNode from 'node-fetch';
import { describe, expect, it } from 'vitest';
import { outcomeNow, settle } from '../fake-runtime.ts';
import { answer, ok, one, openStream, startKeyServer, two, type Answer } from './start-key-server.ts';

describe('bodyTimeout', () => {
  const nodeFetch = { fetch: fetchOfNode as unknown as typeof fetch };

  describe.each([
    ['the global fetch', {}],
    ['node-fetch', nodeFetch],
  ])('with %s', (_name, options) => {
    it('fails a body that takes too long, and closes its connection', async () => {
      const stream = openStream();
      await using server = await startKeyServer({ [one]: [stream.answer], [two]: [ok] }, { stepped: true });
      const response = await server.keyedFetch({ ...options, bodyTimeout: 500 })(`${server.url}/path`);
      expect(response).toMatchObject({ status: 200, url: `${server.url}/path` });
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      const closed = once(await stream.response, 'close');
      const reader = response.body?.getReader();
      (await stream.response).write('first');
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
      const rest = reader?.read();
      rest?.catch(() => {});
      await server.runtime.advance(499);
      expect(await outcomeNow(rest as Promise<unknown>)).toBe('pending');
      await server.runtime.advance(1);
      await expect(rest).rejects.toMatchObject({ name: 'TimeoutError', message: 'The body took longer than 500 ms.' });
      await closed;
      expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { successes: 1, failures: { transient: 0 } } });
      expect(server.runtime.asleep).toBe(0);
    });

    it('fails reading a body that is still unread', async () => {
      const stream = openStream();
      await using server = await startKeyServer({ [one]: [stream.answer] }, { stepped: true });
      const response = await server.keyedFetch({ ...options, bodyTimeout: 500 })(server.url);
      const closed = once(await stream.response, 'close');
      await server.runtime.advance(500);
      await closed;
      await expect(response.text()).rejects.toMatchObject({ name: 'TimeoutError' });
    });

    it('leaves no timer when the body has ended, was cancelled or failed', async () => {
      const stream = openStream();
      await using server = await startKeyServer({ [one]: [ok, ok, stream.answer] });
      const keyedFetch = server.keyedFetch({ ...options, bodyTimeout: 500 });
      expect(await (await keyedFetch(server.url)).json()).toEqual({ fine: true });
      expect(server.runtime.asleep).toBe(0);
      await (await keyedFetch(server.url)).body?.cancel();
      expect(server.runtime.asleep).toBe(0);
      const broken = await keyedFetch(server.url);
      (await stream.response).destroy();
      await expect(broken.text()).rejects.toThrow(Error);
      expect(server.runtime.asleep).toBe(0);
    });

    it('changes no response without a body', async () => {
      await using server = await startKeyServer({ [one]: [answer(204)] });
      const response = await server.keyedFetch({ ...options, bodyTimeout: 500 })(server.url);
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(server.runtime.asleep).toBe(0);
    });
  });

  it('also limits the last error response, from when it is returned', async () => {
    const endless: Answer = (response) => void response.writeHead(500).write('{');
    await using server = await startKeyServer({ [one]: [endless] }, { stepped: true });
    const call = server.keyedFetch({ bodyTimeout: 500, maxRetries: 1 })(server.url);
    await server.seen(1);
    while (server.runtime.asleep === 0) await settle();
    await server.runtime.advance(2000);
    const body = (await call).text();
    body.catch(() => {});
    await server.runtime.advance(500);
    await expect(body).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each([0, -1, Infinity, '500'])('cannot be %j', async (bodyTimeout) => {
    await using server = await startKeyServer({ [one]: [ok] });
    const create = () => server.keyedFetch({ bodyTimeout } as never);
    expect(create).toThrow('"bodyTimeout" must be a number of milliseconds');
  });
});

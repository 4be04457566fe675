import {
  currentAttempt,
  DeadlineExceededError,
  InvalidOptionsError,
  type ClassifyError,
  type KeyedFetch,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { answer, hang, ok, one, startKeyServer, two } from './start-key-server.ts';

describe('the field "fallback" of a request', () => {
  it('wins over the options of the keyed fetch, for this request only', async () => {
    await using server = await startKeyServer({ [one]: [answer(500)], [two]: [answer(500)] });
    const keyedFetch: KeyedFetch = server.keyedFetch({ maxRetries: 2, delay: 100 });
    await keyedFetch(server.url, { fallback: { maxRetries: 1 } });
    expect(server.keys).toEqual([one, two]);
    server.manager.reset();
    await keyedFetch(server.url, {});
    expect(server.keys).toEqual([one, two, one, one, two, two]);
    server.manager.reset();
    const call = keyedFetch(server.url, { fallback: { maxRetries: 1, throwOnExhausted: true } });
    await expect(call).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED' });
  });

  it('can have a deadline and the id of the call', async () => {
    await using server = await startKeyServer({ [one]: [hang] }, { stepped: true });
    const ids: string[] = [];
    const send: typeof fetch = (input, init) => {
      ids.push(currentAttempt().callId);
      return fetch(input, init);
    };
    const call = server.keyedFetch({ fetch: send })(server.url, {
      fallback: {
        deadline: 500,
        callId: 'call-7',
      },
    });
    call.catch(() => {});
    await server.seen(1);
    await server.runtime.advance(500);
    await expect(call).rejects.toSatisfy(DeadlineExceededError.isInstance);
    expect(ids).toEqual(['call-7']);
  });

  it('can have an operation and hooks', async () => {
    await using server = await startKeyServer({ [one]: [answer(403)] });
    const operations: unknown[] = [];
    const classifyError: ClassifyError = (_error, context) => void operations.push(context.operation);
    await server.keyedFetch({ operation: 'list' })(server.url, { fallback: { operation: 'search', classifyError } });
    expect(operations).toEqual(['search']);
  });

  it('is not passed on', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const received: unknown[] = [];
    const send: typeof fetch = async (_input, init) => {
      received.push(init);
      return new Response('fine');
    };
    await server.keyedFetch({ fetch: send })(server.url, { keepalive: true, fallback: { maxRetries: 1 } });
    expect(received).toMatchObject([{ keepalive: true }]);
    expect(received[0]).not.toHaveProperty('fallback');
  });

  it.each<[unknown, string]>([
    [{ retries: 1 }, 'Unknown option "fallback.retries"'],
    [{ provider: 'openai' }, 'Unknown option "fallback.provider"'],
    [{ fetch }, 'Unknown option "fallback.fetch"'],
    [{ signal: new AbortController().signal }, 'Unknown option "fallback.signal"'],
    [{ maxRetries: 0 }, '"maxRetries" must be an integer of at least 1; it is 0.'],
    [{ bodyTimeout: 0 }, '"bodyTimeout" must be a number of milliseconds'],
    [{ callId: '' }, '"callId" must be a text of 1 to 256 characters in one line; it is empty.'],
    [null, '"fallback" must be an object; it is null.'],
    ['secret', '"fallback" must be an object; it is of type string.'],
  ])('is rejected if it is invalid: %j', async (fallback, message) => {
    await using server = await startKeyServer({ [one]: [ok] });
    const error: unknown = await server
      .keyedFetch()(server.url, { fallback } as never)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidOptionsError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    expect(server.keys).toEqual([]);
  });
});

it('a keyed fetch is a fetch', async () => {
  await using server = await startKeyServer({ [one]: [ok] });
  const plain: typeof globalThis.fetch = server.keyedFetch();
  expect((await plain(new URL(server.url))).status).toBe(200);
});

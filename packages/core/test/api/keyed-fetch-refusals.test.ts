import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { AllKeysFailedError, DeadlineExceededError } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { hang, ok, one, startKeyServer, two, type Answer } from './start-key-server.ts';

/** Error responses whose bodies never end. */
class EndlessErrors {
  readonly #closed: Promise<unknown>[] = [];
  #open = 0;

  answer(status: number, start = '{"error":'): Answer {
    return (response) => {
      this.#open++;
      this.#closed.push(once(response, 'close').then(() => this.#open--));
      response.writeHead(status).write(start);
    };
  }

  get openCount(): number {
    return this.#open;
  }

  /** Resolves when the client has closed all of them. */
  async closed(): Promise<number> {
    await Promise.all(this.#closed);
    return this.#closed.length;
  }
}

/** Lets the time limit for reading an error body pass, whenever one is read, until the call ends. */
async function passTime<T>(server: Awaited<ReturnType<typeof startKeyServer>>, call: Promise<T>): Promise<T> {
  let isOver = false;
  const end = () => void (isOver = true);
  call.then(end, end);
  while (!isOver) {
    await settle();
    if (server.runtime.asleep > 0) await server.runtime.advance(2000);
  }
  return call;
}

describe('the body of an error response that never ends', () => {
  it('is given up after a fall-over', async () => {
    const errors = new EndlessErrors();
    await using server = await startKeyServer({ [one]: [errors.answer(500)], [two]: [ok] }, { stepped: true });
    const response = await passTime(server, server.keyedFetch({ maxRetries: 5 })(server.url));
    expect(await response.json()).toEqual({ fine: true });
    expect(await errors.closed()).toBe(5);
    expect(server.runtime.asleep).toBe(0);
  });

  it('is given up when the call ends with our error', async () => {
    const errors = new EndlessErrors();
    await using server = await startKeyServer(
      { [one]: [errors.answer(401)], [two]: [errors.answer(401)] },
      { stepped: true },
    );
    const call = server.keyedFetch({ throwOnExhausted: true })(server.url);
    await expect(passTime(server, call)).rejects.toSatisfy(AllKeysFailedError.isInstance);
    expect(await errors.closed()).toBe(2);
  });

  it('is given up when the caller aborts', async () => {
    const errors = new EndlessErrors();
    await using server = await startKeyServer({ [one]: [errors.answer(500)] }, { stepped: true });
    const failed = recordEvents(server.manager, ['attempt.failed']);
    const controller = new AbortController();
    const call = server.keyedFetch()(server.url, { signal: controller.signal });
    call.catch(() => {});
    await vi.waitUntil(() => server.runtime.asleep > 0, { interval: 1 });
    await server.runtime.advance(2000);
    await vi.waitUntil(() => failed.length > 0, { interval: 1 });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(await errors.closed()).toBe(1);
  });

  it('is given up at the deadline', async () => {
    const errors = new EndlessErrors();
    await using server = await startKeyServer({ [one]: [errors.answer(401)], [two]: [hang] }, { stepped: true });
    const call = server.keyedFetch({ deadline: 5000 })(server.url);
    await expect(passTime(server, call)).rejects.toSatisfy(DeadlineExceededError.isInstance);
    expect(await errors.closed()).toBe(1);
  });

  it('is left open for the caller if no key is left', async () => {
    const errors = new EndlessErrors();
    const last: Answer = (response) => {
      response.writeHead(500).write('first, ');
      void server.runtime.advance(2000).then(() => response.end('then the rest'));
    };
    await using server = await startKeyServer({ [one]: [errors.answer(500)], [two]: [last] }, { stepped: true });
    const response = await passTime(server, server.keyedFetch({ maxRetries: 1 })(server.url));
    expect(await response.text()).toBe('first, then the rest');
    expect(await errors.closed()).toBe(1);
  });

  it('is read up to a bound', async () => {
    const errors = new EndlessErrors();
    const seen: unknown[] = [];
    const adapter = { classifyError: (error: unknown) => void seen.push((error as { body: unknown }).body) };
    await using server = await startKeyServer(
      { [one]: [errors.answer(401, 'x'.repeat(500_000))], [two]: [ok] },
      { adapter },
    );
    expect((await server.keyedFetch()(server.url)).status).toBe(200);
    expect(await errors.closed()).toBe(1);
    expect(seen).toEqual([`${'x'.repeat(4096)}…`]);
  });
});

describe('a response that no longer counts', () => {
  it('is given up if classifyResult refuses it and another key serves the call', async () => {
    const errors = new EndlessErrors();
    await using server = await startKeyServer({ [one]: [errors.answer(200)], [two]: [ok] });
    const classifyResult = (value: unknown) =>
      (value as Response).headers.has('content-type')
        ? undefined
        : ({ kind: 'quota-exhausted', reason: 'no type' } as const);
    const response = await server.keyedFetch({ classifyResult })(server.url);
    expect(await response.json()).toEqual({ fine: true });
    expect(await errors.closed()).toBe(1);
  });

  it('is given up if its fetch ignores the time limit', async () => {
    const late = Promise.withResolvers<Response>();
    const cancelled = Promise.withResolvers<unknown>();
    await using server = await startKeyServer({ [one]: [ok], [two]: [ok] }, { stepped: true });
    const send = vi.fn<typeof fetch>().mockReturnValueOnce(late.promise).mockResolvedValueOnce(new Response('fine'));
    const call = server.keyedFetch({ fetch: send, attemptTimeout: 50, maxRetries: 1 })(server.url);
    await server.runtime.advance(50);
    expect(await (await call).text()).toBe('fine');
    late.resolve(new Response(new ReadableStream({ cancel: cancelled.resolve })));
    await cancelled.promise;
  });
});

it('returns the last error response whole, with its address and a status beyond the standard', async () => {
  const large = 'y'.repeat(200_000);
  await using server = await startKeyServer({
    [one]: [(response: ServerResponse) => response.writeHead(999, 'Denied', { 'x-own': '1' }).end(large)],
  });
  const response = await server.keyedFetch({ maxRetries: 1 })(`${server.url}/path`);
  expect(response).toMatchObject({ status: 999, statusText: 'Denied', url: `${server.url}/path`, ok: false });
  expect(response.headers.get('x-own')).toBe('1');
  expect(await response.text()).toBe(large);
});

describe('a fetch that returns no real Response', () => {
  it.each([
    ['without headers and body', { status: 401 }],
    ['with plain headers', { status: 401, headers: { 'x-request-id': '7' } }],
    ['with a text as its body', { status: 401, headers: new Headers(), body: '{"error":"no"}' }],
  ])('falls over by the status of a response %s', async (_name, response) => {
    await using server = await startKeyServer({ [one]: [ok], [two]: [ok] });
    const send = vi
      .fn<typeof fetch>()
      .mockResolvedValueOnce(response as Response)
      .mockResolvedValueOnce(new Response('fine'));
    expect(await (await server.keyedFetch({ fetch: send })(server.url)).text()).toBe('fine');
    expect(server.key(one).state).toBe('disabled');
  });
});

import { getEventListeners, once } from 'node:events';
import {
  currentAttempt,
  DeadlineExceededError,
  injectKeys,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { answer, hang, ok, one, openStream, provider, startKeyServer, two, type Answer } from './start-key-server.ts';

const reason = new Error('enough');

describe('an abort', () => {
  it('before the call rejects with the caller’s reason and sends nothing', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    await expect(server.keyedFetch()(server.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.keys).toEqual([]);
    expect(server.key(one).usage.attempts).toBe(0);
  });

  it.each<[string, (url: string, signal: AbortSignal) => Parameters<typeof fetch>]>([
    ['the init', (url, signal) => [url, { signal }]],
    ['the Request', (url, signal) => [new Request(url, { signal })]],
  ])('during an attempt ends it: by the signal of %s', async (_name, makeArguments) => {
    await using server = await startKeyServer({ [one]: [hang], [two]: [ok] });
    const events = recordEvents(server.manager, ['call.aborted', 'attempt.failed']);
    const controller = new AbortController();
    const call = server.keyedFetch()(...makeArguments(server.url, controller.signal));
    await server.seen(1);
    const closed = server.lastClosed();
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await closed;
    expect(server.keys).toEqual([one]);
    expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
    expect(events.map(([name]) => name)).toEqual(['call.aborted']);
  });

  it('during a pause ends it', async () => {
    await using server = await startKeyServer({ [one]: [answer(500)], [two]: [ok] }, { stepped: true });
    const controller = new AbortController();
    const paused = recordEvents(server.manager, ['attempt.failed']);
    const call = server.keyedFetch()(server.url, { signal: controller.signal });
    while (paused.length === 0) await settle();
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(server.runtime.asleep).toBe(0);
    expect(server.key(one).state).toBe('healthy');
  });

  it.each([{}, { attemptTimeout: 1000, deadline: 2000 }])(
    'of the body reaches the provider, with %j',
    async (limits) => {
      const stream = openStream();
      await using server = await startKeyServer({ [one]: [stream.answer] });
      const controller = new AbortController();
      const response = await server.keyedFetch(limits)(server.url, { signal: controller.signal });
      const closed = once(await stream.response, 'close');
      controller.abort(reason);
      // Node 22 reports only the abort, later versions its reason.
      await expect(response.text()).rejects.toSatisfy(
        (error: Error) => error === reason || error.name === 'AbortError',
      );
      await closed;
      expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { successes: 1 } });
    },
  );

  it('leaves no listener on a long-lived signal', async () => {
    await using server = await startKeyServer({ [one]: [answer(500), ok] });
    const { signal } = new AbortController();
    const limits = { attemptTimeout: 1000, deadline: 2000 };
    for (let call = 0; call < 50; call++) {
      const response = await server.keyedFetch(limits)(server.url, { signal });
      await response.text();
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is ignored if the caller removes the signal of a Request', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const request = new Request(server.url, { signal: AbortSignal.abort(reason) });
    expect((await server.keyedFetch()(request, { signal: null })).status).toBe(200);
  });
});

describe('a time limit', () => {
  it('ends an attempt, which counts as a failure, and falls over', async () => {
    await using server = await startKeyServer({ [one]: [hang], [two]: [ok] }, { stepped: true });
    const call = server.keyedFetch({ attemptTimeout: 50, maxRetries: 1 })(server.url);
    await server.seen(1);
    const closed = server.lastClosed();
    await server.runtime.advance(50);
    expect((await call).status).toBe(200);
    await closed;
    expect(server.keys).toEqual([one, two]);
    expect(server.key(one).state).toBe('suspect');
    expect(server.runtime.asleep).toBe(0);
  });

  it('ends an attempt whose error response does not end', async () => {
    const begun: Answer = (response) => {
      response.writeHead(500);
      response.write('{"error":');
    };
    await using server = await startKeyServer({ [one]: [begun], [two]: [ok] }, { stepped: true });
    const call = server.keyedFetch({ attemptTimeout: 50, maxRetries: 1 })(server.url);
    await server.seen(1);
    await server.runtime.advance(50);
    expect((await call).status).toBe(200);
  });

  it('ends the call with our error at the deadline', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [hang] }, { stepped: true });
    const call = server.keyedFetch({ deadline: 500 })(server.url);
    call.catch(() => {});
    await server.seen(2);
    await server.runtime.advance(500);
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    expect(DeadlineExceededError.isInstance(error)).toBe(true);
    expect(server.key(two).state).toBe('healthy');
  });

  it('does not cut off a body that has begun', async () => {
    const stream = openStream();
    await using server = await startKeyServer({ [one]: [stream.answer] }, { stepped: true });
    const response = await server.keyedFetch({ attemptTimeout: 50, deadline: 60 })(server.url);
    await server.runtime.advance(1000);
    (await stream.response).end('late');
    expect(await response.text()).toBe('late');
  });
});

describe('the body of a response', () => {
  it('is passed on unread, chunk by chunk', async () => {
    const stream = openStream();
    await using server = await startKeyServer({ [one]: [answer(500), stream.answer] });
    const response = await server.keyedFetch()(server.url);
    expect(response.bodyUsed).toBe(false);
    const out = await stream.response;
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const chunk of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      out.write(chunk);
      expect(await reader?.read()).toEqual({ done: false, value: chunk });
    }
    out.end();
    expect(await reader?.read()).toMatchObject({ done: true });
  });

  it('rejects in the caller if it is cut off', async () => {
    const stream = openStream();
    await using server = await startKeyServer({ [one]: [stream.answer], [two]: [ok] });
    const response = await server.keyedFetch()(server.url);
    (await stream.response).destroy();
    await expect(response.text()).rejects.toThrow('terminated');
    expect(server.keys).toEqual([one]);
  });

  it('is cancelled or read if it is not returned, which frees its connection', async () => {
    const big = { text: 'x'.repeat(200_000) };
    await using server = await startKeyServer({
      [one]: [answer(500, big)],
      [two]: [answer(302, big, { location: '/b' }), ok],
    });
    const keyedFetch = server.keyedFetch({ maxRetries: 5 });
    await (await keyedFetch(server.url)).text();
    expect(server.keys).toHaveLength(7);
    const open = new Set(server.requests.map(({ socket }) => socket).filter((socket) => !socket.destroyed));
    // Cancelling the body of a redirect closes its connection; the others are used again.
    expect(open.size).toBeLessThanOrEqual(2);
  });
});

describe('inside a decorated method', () => {
  class Service {
    @retryWithApiKeyFallback({ provider, maxRetries: 2, delay: 100 })
    async ask(_apiKey: ApiKey<typeof provider>, fetchIt: () => Promise<Response>): Promise<string> {
      const response = await fetchIt();
      if (response.ok) return currentAttempt().apiKey;
      throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
    }
  }
  const service = injectKeys(new Service());

  it('joins the running attempt: one loop, and its key', async () => {
    await using server = await startKeyServer({ [one]: [answer(500)], [two]: [ok] });
    const keyedFetch = server.keyedFetch({ maxRetries: 5 });
    await expect(service.ask(() => keyedFetch(server.url))).resolves.toBe(two);
    expect(server.keys).toEqual([one, one, two]);
    expect(server.manager.status().keys.map(({ usage }) => usage.attempts)).toEqual([2, 1]);
  });

  it('also follows the signal of the fetch', async () => {
    await using server = await startKeyServer({ [one]: [hang] });
    const controller = new AbortController();
    const call = service.ask(() => server.keyedFetch()(server.url, { signal: controller.signal }));
    await server.seen(1);
    const closed = server.lastClosed();
    controller.abort(new DOMException('mine', 'AbortError'));
    await expect(call).rejects.toThrow('mine');
    await closed;
    expect(server.key(one).state).toBe('healthy');
  });
});

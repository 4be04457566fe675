import { currentAttempt } from '@api-key-fallback/core';
import nodeFetch from 'node-fetch';
import { expect, it } from 'vitest';
import { statingAdapter } from '../call/stating-keys.ts';
import { answer, ok, one, openStream, startKeyServer, two, type Answer, type KeyedServer } from './start-key-server.ts';

const stated = { usage: { in: 70, out: 12 } };
const adapter = { usageOf: (value: unknown) => statingAdapter.usageOf?.(value) };
const options = { adapter, limits: { tokensPerMinute: 1000 } };
const cost = { tokens: 300 };

const events: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const usage of [{ in: 70, out: 1 }, { out: 30 }]) response.write(`data: ${JSON.stringify({ usage })}\n\n`);
  response.end('data: [DONE]\n\n');
};

function used({ manager }: KeyedServer): readonly unknown[] {
  return manager.status().keys.map(({ limits }) => limits?.[0]?.used);
}

it.each([
  ['a body of JSON', answer(200, stated), 82],
  ['an event stream', events, 100],
  ['a body without tokens', ok, 300],
])('the tokens of %s count when it is read', async (_name, response, tokens) => {
  await using server = await startKeyServer({ [one]: [response] }, options);
  const received = await server.keyedFetch({ cost })(server.url);
  expect(used(server)).toEqual([300]);
  await received.text();
  expect(used(server)).toEqual([tokens]);
});

it('the tokens count also with node-fetch, and with a timeout for the body', async () => {
  await using server = await startKeyServer({ [one]: [answer(200, stated)] }, options);
  const fetch = nodeFetch as unknown as typeof globalThis.fetch;
  for (const settings of [{ fetch }, { bodyTimeout: 1000 }]) {
    expect(await (await server.keyedFetch({ cost, ...settings })(server.url)).json()).toEqual(stated);
  }
  expect(used(server)).toEqual([164]);
});

it('the tokens count on the key that has answered', async () => {
  await using server = await startKeyServer({ [one]: [answer(401)], [two]: [answer(200, stated)] }, options);
  await (await server.keyedFetch({ cost })(server.url)).json();
  expect(used(server)).toEqual([0, 82]);
});

it('the tokens that were stated count when the reader leaves, and the connection is closed', async () => {
  const { answer: open, response } = openStream();
  await using server = await startKeyServer({ [one]: [open] }, options);
  const received = await server.keyedFetch({ cost })(server.url);
  (await response).write('data: {"usage":{"in":7}}\n\n');
  const reader = received.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await server.lastClosed();
  expect(used(server)).toEqual([7]);
});

it('the tokens that were stated count when the request is aborted between two reads', async () => {
  const { answer: open, response } = openStream();
  await using server = await startKeyServer({ [one]: [open] }, options);
  const controller = new AbortController();
  const received = await server.keyedFetch({ cost })(server.url, { signal: controller.signal });
  (await response).write('data: {"usage":{"in":7}}\n\n');
  const reader = received.body?.getReader();
  await reader?.read();
  controller.abort();
  await server.lastClosed();
  expect(used(server)).toEqual([7]);
});

it('the tokens of all requests of a method count, and what it states itself wins', async () => {
  await using server = await startKeyServer({ [one]: [answer(200, stated)] }, options);
  const twice = async (spent?: number): Promise<unknown> => {
    await (await server.keyedFetch()(server.url)).json();
    if (spent !== undefined) currentAttempt().spent({ tokens: spent });
    return (await server.keyedFetch()(server.url)).json();
  };
  await server.manager.retryWithFallback(() => twice(), { cost });
  expect(used(server)).toEqual([164]);
  await server.manager.retryWithFallback(() => twice(5), { cost });
  expect(used(server)).toEqual([169]);
});

it('without a limit of tokens the response is that of the fetch', async () => {
  await using server = await startKeyServer({ [one]: [ok] }, { adapter, limits: { requestsPerMinute: 9 } });
  const response = Response.json(stated);
  expect(await server.keyedFetch({ fetch: async () => response })(server.url)).toBe(response);
});

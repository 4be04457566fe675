import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { httpClients, type ClientRequestInit, type HttpClient } from '../../../../test-support/http-clients.ts';
import { abortSoon, thrownBy } from '../../../../test-support/provoked-failure.ts';
import { startAnsweringServer } from '../../../../test-support/start-answering-server.ts';
import { readFailure, readHeader } from '../../src/adapter.ts';

const hang: RequestListener = () => {};

function cut(status: number, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.write('{"a":', () => response.destroy());
  };
}

async function kindOf(client: HttpClient, answer: RequestListener, init?: ClientRequestInit): Promise<string> {
  await using server = await startAnsweringServer(answer);
  return readFailure(await thrownBy(client.request(server.url, init))).kind;
}

describe('the error of a request without a response', () => {
  it.each(httpClients)('is a network failure of $name when the connection is refused', async ({ request }) => {
    const server = await startAnsweringServer(hang);
    await server[Symbol.asyncDispose]();
    expect(readFailure(await thrownBy(request(server.url))).kind).toBe('network');
  });

  it.each(httpClients)('is a network failure of $name when the connection is cut', async (client) => {
    expect(await kindOf(client, (_request, response) => response.destroy())).toBe('network');
    expect(await kindOf(client, cut(200))).toBe('network');
    expect(await kindOf(client, cut(200, { 'content-length': '999' }))).toBe('network');
  });
});

describe('the error of a response whose body is cut', () => {
  // The others throw the error of the body, which has no status.
  const keepTheStatus = [
    'openai',
    '@anthropic-ai/sdk',
    'ai (APICallError)',
    'ai (RetryError)',
    'fetch, by status',
    'axios',
    'axios, as text',
    'axios, as an ArrayBuffer',
    'got',
    'ky',
  ];

  it.each(httpClients)('has the status, or is a network failure of $name', async ({ name, request }) => {
    await using server = await startAnsweringServer(cut(429, { 'content-length': '999', 'retry-after': '7' }));
    const { kind, status, headers } = readFailure(await thrownBy(request(server.url)));
    const read = { kind, status, wait: readHeader(headers, 'retry-after') };
    const expected = keepTheStatus.includes(name)
      ? { kind: 'response', status: 429, wait: '7' }
      : { kind: 'network', status: undefined, wait: undefined };
    expect(read).toEqual(expected);
  });
});

describe('the error of a request that ends early', () => {
  // With these, a timeout looks like a cancellation.
  const silent = ['@google/genai', '@anthropic-ai/sdk', 'node-fetch', 'superagent'];

  it.each(httpClients)('is a cancellation of $name', async (client) => {
    expect(await kindOf(client, hang, { signal: abortSoon() })).toBe('aborted');
  });

  it.each(httpClients.filter(({ hasTimeout }) => hasTimeout))('is a timeout of $name', async (client) => {
    const kind = client.name === '@google/genai' ? 'aborted' : 'timeout';
    expect(await kindOf(client, hang, { timeoutMs: 20 })).toBe(kind);
  });

  it.each(httpClients)('is an AbortSignal.timeout() given to $name', async (client) => {
    const kind = silent.includes(client.name) ? 'aborted' : 'timeout';
    expect(await kindOf(client, hang, { signal: AbortSignal.timeout(20) })).toBe(kind);
  });
});

import { firstChunk, registry, wrapWithFallback, type ApiKeyManager } from '@api-key-fallback/core';
import { instrument } from '@api-key-fallback/telemetry/otel';
import { SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnsweringServer } from '../../../../test-support/start-answering-server.ts';
import { acme } from '../acme-manager.ts';
import { ask, registerAcme, startAcmeServer } from './acme-server.ts';
import { TestSdk } from './test-sdk.ts';

let sdk: TestSdk;
let server: AnsweringServer;
let manager: ApiKeyManager;
let stop: () => void;

beforeEach(async () => {
  sdk = TestSdk.started();
  server = await startAcmeServer({ 1: [401] });
  manager = registerAcme();
  stop = instrument();
});
afterEach(async () => {
  stop();
  registry.unregister(acme);
  await server[Symbol.asyncDispose]();
  sdk[Symbol.dispose]();
});

/** Sends a request for each chunk. */
const pages = wrapWithFallback(
  async function* (apiKey: string, count: number) {
    for (let page = 1; page <= count; page++) yield ask(server.url, apiKey);
  },
  { provider: acme },
);

/** Returns the number of chunks. */
async function readAll(stream: AsyncIterable<unknown>): Promise<number> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks.length;
}

function endedNames(): string[] {
  return sdk.spans.map(({ name }) => name).filter((name) => name !== 'GET');
}

describe('the spans of a stream', () => {
  it('have the requests of later chunks below the attempt', async () => {
    expect(await readAll(pages(3))).toBe(3);
    expect(sdk.tree).toBe(
      [
        'api_key_fallback.call acme',
        '  api_key_fallback.attempt',
        '    GET',
        '  api_key_fallback.attempt',
        '    GET',
        '    GET',
        '    GET',
        '',
      ].join('\n'),
    );
  });

  it('end when the stream ends', async () => {
    const stream = pages(1);
    await stream.next();
    expect(endedNames()).toEqual(['api_key_fallback.attempt']);
    await stream.next();
    expect(endedNames()).toEqual([
      'api_key_fallback.attempt',
      'api_key_fallback.attempt',
      'api_key_fallback.call acme',
    ]);
  });

  it('have the status ERROR when a later chunk fails', async () => {
    const breaking = wrapWithFallback(
      async function* (_apiKey: string) {
        yield 1;
        throw Object.assign(new Error('the stream broke'), { status: 500 });
      },
      { provider: acme },
    );
    const stream = breaking();
    await stream.next();
    await expect(stream.next()).rejects.toThrow('the stream broke');
    expect(sdk.spans.map(({ status }) => status)).toEqual([
      { code: SpanStatusCode.ERROR, message: 'the stream broke' },
      { code: SpanStatusCode.ERROR, message: 'the stream broke' },
    ]);
  });

  it('are aborted, and no errors, when the consumer leaves', async () => {
    const stream = pages(3);
    await stream.next();
    await stream.return(undefined);
    const [, attempt, call] = sdk.spans.filter(({ name }) => name !== 'GET');
    for (const span of [attempt, call]) {
      expect(span).toMatchObject({ status: { code: SpanStatusCode.UNSET } });
      expect(span?.attributes['api_key_fallback.outcome']).toBe('aborted');
    }
  });

  it('end with the first chunk where the method returns the stream, with the request below the attempt', async () => {
    const read = async (apiKey: string): Promise<ReadableStream> => {
      const response = await fetch(server.url, { headers: { authorization: `Bearer ${apiKey}` } });
      if (response.ok && response.body) return firstChunk(response.body);
      throw Object.assign(new Error(await response.text()), { status: response.status });
    };
    const body = await manager.retryWithFallback(read);
    expect(endedNames()).toEqual([
      'api_key_fallback.attempt',
      'api_key_fallback.attempt',
      'api_key_fallback.call acme',
    ]);
    expect(await new Response(body).text()).toBe('an answer');
    const attempt = '  api_key_fallback.attempt\n    GET\n';
    expect(sdk.tree).toBe(`api_key_fallback.call acme\n${attempt.repeat(2)}`);
  });
});

import { Readable } from 'node:stream';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { watchEventStream } from '../src/index.ts';
import { classify } from './provoke-openai-error.ts';

const chat = 'https://api.openai.com/v1/chat/completions';
const responses = 'https://api.openai.com/v1/responses';
const encoder = new TextEncoder();
const incomplete = expect.objectContaining({ code: 'stream_incomplete' });

/** Reads a response with these chunks; returns the chunks that arrive and the error that ends it. */
async function read(url: string, chunks: readonly Uint8Array[], type = 'text/event-stream; charset=utf-8') {
  const fetch = watchEventStream(
    async () => new Response(ReadableStream.from(chunks), { headers: { 'content-type': type } }),
  );
  const { body } = await fetch(url);
  const seen: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const chunk of body ?? []) seen.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  return { seen, error };
}

/** Splits the text into chunks of this many bytes. */
function cut(text: string, size: number): Uint8Array[] {
  const bytes = encoder.encode(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  );
}

const delta = 'data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":"olá, data: [DONE]"}}]}';
const output =
  'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"\\"type\\":\\"response.completed\\""}';
const completed = `data: {"type":"response.completed","response":{"output":"${'long '.repeat(1000)}"}}`;

describe('an event stream', () => {
  it.each([
    ['chat completions', chat, `${delta}\n\ndata: [DONE]\n\n`],
    ['chat completions with CRLF', chat, `${delta}\r\n\r\ndata: [DONE]\r\n\r\n`],
    ['chat completions without a last line end', chat, `${delta}\n\ndata:[DONE]`],
    ['a chat completion that fails', chat, `${delta}\n\ndata: {"error":{"message":"Sorry"}}\n\n`],
    ['a response', responses, `${output}\n\nevent: response.completed\n${completed}\n\n`],
    ['a response without event lines', responses, `${output}\r\n\r\n${completed}\r\n\r\n`],
    ['a response that failed', responses, `${output}\n\ndata: {"type":"response.failed"}\n\n`],
    ['a response that is cut short', responses, `${output}\n\ndata: {"type": "response.incomplete"}\n\n`],
    ['a response with an error', responses, `${output}\n\nevent: error\ndata: {"code":"server_error"}\n\n`],
    ['a response that is read again', `${responses}/resp_1?stream=true`, `${completed}\n\n`],
    ['a run', 'https://api.openai.com/v1/threads/thread_1/runs', 'event: done\ndata: [DONE]\n\n'],
  ])('of %s passes through unchanged for every chunk size', async (_name, url, text) => {
    for (const size of [1, 2, 3, 7, 100, 10_000]) {
      const chunks = cut(text, size);
      const { seen, error } = await read(url, chunks);
      expect(error).toBeUndefined();
      expect(seen).toEqual(chunks);
    }
  });

  it.each([
    ['chat completions', chat, `${delta}\n\n`],
    ['chat completions in the middle of a line', chat, `${delta}\r\n\r\ndata: [DO`],
    ['nothing at all', chat, ''],
    ['a response', responses, `event: response.created\ndata: {"type":"response.created"}\n\n${output}\n\n`],
    ['a response in the middle of its last event', responses, `${output}\n\nevent: response.completed\n`],
    ['a response in the middle of its last line', responses, `${output}\n\n${completed.slice(0, 500)}`],
  ])('of %s that ends too early passes its chunks on, then fails', async (_name, url, text) => {
    for (const size of [1, 2, 3, 7, 100, 10_000]) {
      const chunks = cut(text, size);
      const { seen, error } = await read(url, chunks);
      expect(error).toEqual(incomplete);
      expect(seen).toEqual(chunks);
    }
  });

  it('of another library, whose body is a stream of Node, is watched too', async () => {
    const headers = new Headers({ 'content-type': 'text/event-stream' });
    const answer = (...chunks: string[]) => {
      const body = Readable.from(chunks.map((text) => Buffer.from(text)));
      return { ok: true, status: 200, statusText: 'OK', headers, url: chat, body } as unknown as Response;
    };
    const request = { url: chat, method: 'POST' } as Request;
    const complete = await watchEventStream(async () => answer(`${delta}\n\n`, 'data: [DONE]\n\n'))(request);
    expect(complete.url).toBe(chat);
    expect(await complete.text()).toBe(`${delta}\n\ndata: [DONE]\n\n`);
    const short = await watchEventStream(async () => answer(`${delta}\n\n`))(request);
    await expect(short.text()).rejects.toEqual(incomplete);
    const cancelled = answer(delta, delta);
    await (await watchEventStream(async () => cancelled)(request)).body?.cancel();
    expect((cancelled.body as unknown as Readable).destroyed).toBe(true);
  });

  it('that ends too early is a transient failure', async () => {
    const { error } = await read(chat, []);
    expect(classify(error)).toEqual({ kind: 'transient', reason: 'stream_incomplete' });
  });

  it('passes each chunk on before the next one arrives', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const headers = { 'content-type': 'text/event-stream' };
    const { body } = await watchEventStream(async () => new Response(readable, { headers }))(chat);
    const reader = body?.getReader();
    const writer = writable.getWriter();
    for (const text of ['da', 'ta: [DONE]', '\n\n']) {
      const written = writer.write(encoder.encode(text));
      await expect(reader?.read()).resolves.toEqual({ value: encoder.encode(text), done: false });
      await written;
    }
    await writer.close();
    await expect(reader?.read()).resolves.toEqual({ value: undefined, done: true });
  });

  it('closes without an error when the reader stops early', async () => {
    const cancel = vi.fn<(reason: unknown) => void>();
    const source = new ReadableStream({ pull: (controller) => controller.enqueue(encoder.encode(delta)), cancel });
    const headers = { 'content-type': 'text/event-stream' };
    const { body } = await watchEventStream(async () => new Response(source, { headers }))(chat);
    for await (const chunk of body ?? []) if (chunk) break;
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

describe('other responses', () => {
  it.each([
    ['JSON', chat, { headers: { 'content-type': 'application/json' } }],
    ['an error', chat, { status: 500, headers: { 'content-type': 'text/event-stream' } }],
    ['no type', chat, {}],
    [
      'an endpoint whose streams end differently',
      'https://api.openai.com/v1/images/generations',
      { headers: { 'content-type': 'text/event-stream' } },
    ],
  ])('are returned as they are: %s', async (_name, url, init) => {
    const response = new Response('data: 1\n\n', init);
    await expect(watchEventStream(async () => response)(new URL(url))).resolves.toBe(response);
  });
});

describe('with the real fetch', () => {
  let server: ProviderServer;
  beforeAll(async () => {
    server = await startProviderServer({ otherwise: 'ok' });
  });
  afterAll(() => server.close());

  it('keeps the status, headers and URL of the response', async () => {
    const fetch = watchEventStream();
    const url = `${server.openaiBaseURL}/chat/completions`;
    const body = JSON.stringify({ model: 'gpt-5.6', messages: [{ role: 'user', content: 'Hi' }], stream: true });
    const request = { method: 'POST', body, headers: { authorization: 'Bearer key-1' } };
    const plain = await globalThis.fetch(url, request);
    for (const response of [await fetch(url, request), await fetch(new Request(url, request))]) {
      expect(response).toMatchObject({ status: 200, statusText: 'OK', url });
      expect([...response.headers.keys()]).toEqual([...plain.headers.keys()]);
      expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
    }
    await plain.body?.cancel();
  });
});

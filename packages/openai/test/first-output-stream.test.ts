import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type OpenAI from 'openai';
import { Stream } from 'openai/core/streaming';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstOutput } from '../src/index.ts';
import { classify, key, makeClient } from './provoke-openai-error.ts';
import { textOf, texts, type Api } from './stream-service.ts';

const reply = 'one two three';
const model = 'gpt-5.6';

let server: ProviderServer;
let client: OpenAI;

beforeEach(async () => {
  server = await startProviderServer({ reply });
  server.script(key, ['ok']);
  client = await makeClient({ baseURL: server.openaiBaseURL });
});
afterEach(() => server.close());

async function open(api: Api): Promise<Stream<object>> {
  if (api === 'responses') return client.responses.create({ model, input: 'Hi', stream: true });
  return client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }], stream: true });
}

async function textIn(stream: AsyncIterable<object>): Promise<string> {
  let text = '';
  for await (const part of texts(stream)) text += part;
  return text;
}

function play(step: ProviderStep): void {
  server.script(key, [step]);
}

describe.each(['chat', 'responses'] as const)('a stream of %s after its first output', (api) => {
  it('is the same Stream with all events', async () => {
    const stream = await open(api);
    const events = await firstOutput(stream);
    expect(events).toBe(stream);
    expect(events).toBeInstanceOf(Stream);
    const seen: object[] = [];
    for await (const event of events) seen.push(event);
    const plain: object[] = [];
    for await (const event of await open(api)) plain.push(event);
    expect(seen.map(textOf)).toEqual(plain.map(textOf));
    expect(seen).toHaveLength(plain.length);
  });

  it('supports tee() and toReadableStream() with all events', async () => {
    const [left, right] = (await firstOutput(await open(api))).tee();
    await expect(Promise.all([textIn(left), textIn(right)])).resolves.toEqual([reply, reply]);
    const readable = (await firstOutput(await open(api))).toReadableStream();
    const again = Stream.fromReadableStream<object>(readable, new AbortController());
    await expect(textIn(again)).resolves.toBe(reply);
  });

  it('rejects a second iteration, as the client does', async () => {
    const stream = await firstOutput(await open(api));
    await textIn(stream);
    await expect(textIn(stream)).rejects.toThrow('Cannot iterate over a consumed stream');
  });

  it.each(['controller.abort()', 'break', 'return() before any event', 'cancel()'])('is closed by %s', async (how) => {
    const whole = await fetch(`${server.openaiBaseURL}/${api === 'chat' ? 'chat/completions' : 'responses'}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], input: 'Hi', stream: true }),
    });
    play({ chunks: [(await whole.text()).split('three')[0]?.replace(/[^\n]*$/, '') ?? ''], ending: 'hang' });
    const stream = await firstOutput(await open(api));
    expect(server.openCount).toBe(1);
    if (how === 'controller.abort()') stream.controller.abort();
    else if (how === 'cancel()') await stream.toReadableStream().cancel();
    else if (how === 'break') for await (const event of stream) if (event) break;
    if (how.startsWith('return')) await stream[Symbol.asyncIterator]().return?.();
    await vi.waitFor(() => expect(server.openCount).toBe(0));
  });

  it('rejects when the stream has no event', async () => {
    play({ chunks: [] });
    await expect(open(api).then(firstOutput)).rejects.toMatchObject({ code: 'stream_incomplete' });
  });
});

it('rejects when the response fails before its first output, and classifies the error by its code', async () => {
  const response = (error: object | null) => ({ id: 'resp_1', object: 'response', error });
  const event = (type: string, error: object | null = null) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, response: response(error) })}\n\n`;
  const failed = event('response.failed', { code: 'rate_limit_exceeded', message: 'Please try again in 3s.' });
  play({ chunks: [event('response.created'), event('response.in_progress'), failed] });
  const error = await open('responses')
    .then(firstOutput)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: 'Please try again in 3s.', code: 'rate_limit_exceeded' });
  expect(classify(error)).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3000 });
  await vi.waitFor(() => expect(server.openCount).toBe(0));
});

it('leaves a failure after the first output to the reader', async () => {
  const events = [
    { type: 'response.output_text.delta', delta: 'one' },
    { type: 'response.failed', response: { error: { code: 'server_error', message: 'Sorry' } } },
  ];
  play({ chunks: events.map((event) => `data: ${JSON.stringify(event)}\n\n`) });
  const seen: object[] = [];
  for await (const event of await firstOutput(await open('responses'))) seen.push(event);
  expect(seen).toEqual(events);
});

it('works with the stream helpers of the client', async () => {
  const stream = await firstOutput(client.responses.stream({ model, input: 'Hi' }));
  await expect(textIn(stream)).resolves.toBe(reply);
  await expect(stream.finalResponse()).resolves.toMatchObject({ status: 'completed', output_text: reply });
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const chat = await firstOutput(client.chat.completions.stream({ model, messages }));
  await expect(chat.finalContent()).resolves.toBe(reply);
});

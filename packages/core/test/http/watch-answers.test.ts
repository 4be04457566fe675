import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { watchAnswers } from '../../src/http/watch-answers.ts';
import { settle } from '../fake-runtime.ts';

const json = { headers: { 'content-type': 'application/json' } };
const events = { headers: { 'content-type': 'text/event-stream' } };

/** What a watcher of a response has seen, in order. */
function watch(response: Response): { readonly watched: Response; readonly seen: unknown[] } {
  const seen: unknown[] = [];
  const watched = watchAnswers(response, {
    onStart: () => void seen.push('start'),
    onAnswer: (answer) => void seen.push(answer),
    onEnd: () => void seen.push('end'),
  });
  return { watched, seen };
}

/** A body whose chunks the test sends, and the number of chunks that it was asked for. */
function controlled() {
  const { promise, resolve } = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const state = { pulls: 0, cancelled: undefined as unknown };
  const body = new ReadableStream<Uint8Array>(
    {
      start: resolve,
      pull: () => void state.pulls++,
      cancel: (reason) => void (state.cancelled = reason),
    },
    { highWaterMark: 0 },
  );
  const send = async (text: string) => (await promise).enqueue(new TextEncoder().encode(text));
  return { body, send, state, fail: async (error: unknown) => (await promise).error(error) };
}

describe('a watched response', () => {
  it.each([204, 205])('is left alone with the status %i, although its library gives it a body', (status) => {
    const body = new ReadableStream();
    const response = { status, headers: new Headers(json.headers), body, bodyUsed: false } as Response;
    expect(watch(response).watched).toBe(response);
  });

  it('has clones with its address', async () => {
    const original = new Response('{"a":1}', json);
    Object.defineProperty(original, 'url', { value: 'https://provider.example/v1' });
    const { watched } = watch(original);
    const clone = watched.clone();
    expect(clone.url).toBe('https://provider.example/v1');
    expect([await clone.json(), await watched.json()]).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('is the same for its reader', async () => {
    const original = new Response('{"a":1}', { ...json, status: 201, statusText: 'Made' });
    Object.defineProperty(original, 'url', { value: 'https://provider.example/v1' });
    const { watched, seen } = watch(original);
    expect(watched).toMatchObject({ status: 201, statusText: 'Made', url: 'https://provider.example/v1', ok: true });
    expect(await watched.json()).toEqual({ a: 1 });
    expect(seen).toEqual(['start', { a: 1 }, 'end']);
  });

  it('leaves the given one untouched until it is read', async () => {
    const { body, state } = controlled();
    const original = new Response(body, events);
    const { seen } = watch(original);
    await settle();
    expect({ seen, pulls: state.pulls, locked: original.body?.locked }).toEqual({ seen: [], pulls: 0, locked: false });
  });

  it('is read as far as its reader reads, and hands on each event as it passes', async () => {
    const { body, send, state } = controlled();
    const { watched, seen } = watch(new Response(body, events));
    const reader = (watched.body as ReadableStream<Uint8Array>).getReader();
    for (const [reads, text] of ['data: {"a":1}\n\n', 'data: {"a":2}\n\n'].entries()) {
      const read = reader.read();
      await settle();
      expect(state.pulls).toBe(reads + 1);
      await send(text);
      expect(new TextDecoder().decode((await read).value)).toBe(text);
      await settle();
    }
    expect(state.pulls).toBe(2);
    expect(seen).toEqual(['start', { a: 1 }, { a: 2 }]);
  });

  it('ends once when its reader leaves, which closes the body', async () => {
    const { body, send, state } = controlled();
    const { watched, seen } = watch(new Response(body, events));
    const reader = (watched.body as ReadableStream<Uint8Array>).getReader();
    const read = reader.read();
    await send('data: {"a":1}\n\n');
    await read;
    await reader.cancel('enough');
    expect({ seen, cancelled: state.cancelled }).toEqual({ seen: ['start', { a: 1 }, 'end'], cancelled: 'enough' });
  });

  it('ends when it is given up unread', async () => {
    const { body, state } = controlled();
    const { watched, seen } = watch(new Response(body, events));
    await watched.body?.cancel('unread');
    expect({ seen, cancelled: state.cancelled }).toEqual({ seen: ['start', 'end'], cancelled: 'unread' });
  });

  it('ends when its body fails, also between two reads', async () => {
    const { body, send, fail } = controlled();
    const { watched, seen } = watch(new Response(body, events));
    const reader = (watched.body as ReadableStream<Uint8Array>).getReader();
    const read = reader.read();
    await send('data: {"a":1}\n\n');
    await read;
    const error = new Error('reset');
    await fail(error);
    await settle();
    expect(seen).toEqual(['start', { a: 1 }, 'end']);
    await expect(reader.read()).rejects.toBe(error);
    expect(seen).toHaveLength(3);
  });

  it('can have a body that is a stream of Node', async () => {
    const body = Readable.from([Buffer.from('{"a"'), Buffer.from(':1}')]);
    const response = { status: 200, headers: new Headers(json.headers), body, bodyUsed: false };
    const { watched, seen } = watch(response as unknown as Response);
    expect(await watched.json()).toEqual({ a: 1 });
    expect(seen).toEqual(['start', { a: 1 }, 'end']);
  });

  it('passes on chunks that are not bytes', async () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue('text') });
    const { watched, seen } = watch(new Response(body as never, events));
    expect(await (watched.body as ReadableStream).getReader().read()).toEqual({ done: false, value: 'text' });
    expect(seen).toEqual(['start']);
  });
});

it.each([
  ['an error', new Response('{}', { ...json, status: 429 })],
  ['another type', new Response('{}')],
  ['no body', new Response(null, { ...json, status: 204 })],
  ['headers alone', { headers: new Headers(json.headers) }],
  ['a status alone', { status: 200, headers: new Headers(json.headers), body: 'text' }],
  ['no object', undefined],
])('%s is returned as it is', (_name, response) => {
  expect(watch(response as Response)).toEqual({ watched: response, seen: [] });
  expect(watch(response as Response).watched).toBe(response);
});

it('a body that was read is returned as it is', async () => {
  const response = new Response('{}', json);
  await response.text();
  expect(watch(response).watched).toBe(response);
});

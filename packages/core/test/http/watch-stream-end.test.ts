import { watchStreamEnd } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';

const watch = watchStreamEnd([
  { path: /\/chat$/, lastLine: /^data: \{"type":"(?:done|error)"/, unterminated: /^data: bye/ },
]);
const chat = 'https://api.example.com/v1/chat?beta=true';

function streamOf(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
}

describe('watchStreamEnd', () => {
  it.each([
    ['ends with its last line', 'data: {"type":"word"}\n\ndata: {"type":"done"}\n\n'],
    ['ends with an error', 'data: {"type":"error"}\r\n\r\n'],
    ['ends with a line that needs no line end', 'data: {"type":"word"}\n\ndata: bye'],
    ['goes on after its last line', 'data: {"type":"done"}\n\n: ping\n\n'],
  ])('passes on a stream that %s', async (_name, text) => {
    await expect(watch(streamOf(text), chat).text()).resolves.toBe(text);
  });

  it.each([
    ['is empty', ''],
    ['ends after another line', 'data: {"type":"word"}\n\n'],
    ['ends within its last line', 'data: {"type":"word"}\n\ndata: {"type":"done"}'],
    ['only mentions its last line', 'data: {"type":"word","text":"data: {\\"type\\":\\"done\\"}"}\n\n'],
  ])('fails a stream that %s', async (_name, text) => {
    await expect(watch(streamOf(text), chat).text()).rejects.toMatchObject({ code: 'stream_incomplete' });
  });

  it('returns other responses as they are', () => {
    const refused = new Response('data: {}\n\n', { status: 500, headers: { 'content-type': 'text/event-stream' } });
    for (const response of [new Response('{}'), new Response(null, { status: 204 }), refused])
      expect(watch(response, chat)).toBe(response);
    const stream = streamOf('data: {}\n\n');
    expect(watch(stream, 'https://api.example.com/v1/images')).toBe(stream);
    expect(watch(stream, 'not a URL')).toBe(stream);
  });
});

import { describe, expect, it } from 'vitest';
import { watchEventStream } from '../src/index.ts';
import { classify } from './provoke-anthropic-error.ts';

const messages = 'https://api.anthropic.com/v1/messages?beta=true';
const delta =
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"\\"type\\":\\"message_stop\\""}}\n\n';

function textOf(text: string, url: string | URL | Request = messages): Promise<string> {
  const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
  const fetch = watchEventStream(async () => new Response(text, { headers }));
  return fetch(url).then((response) => response.text());
}

describe('a stream of messages', () => {
  it.each([
    ['ends with message_stop', `${delta}event: message_stop\ndata: {"type":"message_stop"}\n\n`],
    ['ends with message_stop and more', `${delta}event: message_stop\ndata: {"type": "message_stop", "more": 1}\n\n`],
    ['ends with an error', `${delta}event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n`],
  ])('that %s passes through', async (_name, text) => {
    for (const url of [messages, new URL(messages), new Request(messages)])
      await expect(textOf(text, url)).resolves.toBe(text);
  });

  it.each([
    ['is empty', ''],
    ['ends after some text', delta],
    ['ends after message_delta', `${delta}event: message_delta\ndata: {"type":"message_delta"}\n\n`],
    ['ends within message_stop', `${delta}event: message_stop\ndata: {"type":"mess`],
  ])('that %s fails', async (_name, text) => {
    const error = await textOf(text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'stream_incomplete' });
    expect(classify(error)).toMatchObject({ kind: 'transient', reason: 'stream_incomplete' });
  });

  it('that answers the Request of another library is watched too', async () => {
    const request = { url: messages, method: 'POST' } as Request;
    await expect(textOf(delta, request)).rejects.toMatchObject({ code: 'stream_incomplete' });
  });

  it('of another endpoint is not watched', async () => {
    await expect(textOf(delta, 'https://api.anthropic.com/v1/complete')).resolves.toBe(delta);
  });
});

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic, {
  APIConnectionError,
  AuthenticationError,
  InternalServerError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { ApiKeyManager, createKeyedFetch, registry } from '@api-key-fallback/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anthropic, anthropicAdapter } from '../anthropic-adapter.ts';

type Answer = (response: ServerResponse, isStream: boolean) => void;

const [first, second] = ['sk-ant-keyed-fetch-first', 'sk-ant-keyed-fetch-other'] as const;
const scripts = new Map<string, Answer>();
const sentHeaders: IncomingHttpHeaders[] = [];
const words = ['Tudo ', 'bem'];
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5', stop_sequence: null };
const usage = { input_tokens: 1, output_tokens: 2 };

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

const ok: Answer = (response, isStream) => {
  if (!isStream) {
    const content = [{ type: 'text', text: words.join('') }];
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ ...message, content, stop_reason: 'end_turn', usage }));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event('message_start', { message: { ...message, content: [], stop_reason: null, usage } }));
  response.write(event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }));
  for (const text of words) {
    response.write(event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }));
  }
  response.write(event('content_block_stop', { index: 0 }));
  response.write(event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }));
  response.end(event('message_stop', {}));
};

function failure(status: number, type: string, text: string, details?: object): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ type: 'error', error: { type, message: text, details }, request_id: 'req_1' }));
  };
}

const wrongKey = failure(401, 'authentication_error', 'invalid x-api-key');
const limited = failure(429, 'rate_limit_error', 'This request would exceed your rate limit');
const overloaded = failure(529, 'overloaded_error', 'Overloaded');
const lowBalance = failure(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.');
const spendLimit = failure(429, 'rate_limit_error', 'Limit', { error_code: 'enforced_spend_limit_reached' });
const reset: Answer = (response) => void response.destroy();

let server: Server;
let baseURL: string;
let manager: ApiKeyManager<Anthropic>;
const fetch = createKeyedFetch({ provider: anthropic, maxRetries: 2, delay: 0 });

beforeAll(async () => {
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      sentHeaders.push(request.headers);
      const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
      (scripts.get(key) ?? wrongKey)(response, body.includes('"stream":true'));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  sentHeaders.length = 0;
  scripts.set(second, ok);
  manager = new ApiKeyManager(anthropicAdapter, [first, second], { logger: false, retryBudget: false });
  registry.register(manager, { replace: true });
});
afterAll(() => {
  registry.unregister(anthropic);
  server.closeAllConnections();
  server.close();
});

const client = (): Anthropic => new Anthropic({ apiKey: 'unused', baseURL, fetch, maxRetries: 0 });
const question = { model: message.model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Olá' }] };

const ways: readonly (readonly [string, () => Promise<string>])[] = [
  [
    'a message',
    async () => {
      const { content } = await client().messages.create(question);
      return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    },
  ],
  [
    'a stream',
    async () => {
      let text = '';
      for await (const part of await client().messages.create({ ...question, stream: true })) {
        if (part.type === 'content_block_delta' && part.delta.type === 'text_delta') text += part.delta.text;
      }
      return text;
    },
  ],
  ['the stream helper', () => client().messages.stream(question).finalText()],
  [
    'plain code',
    async () => {
      const headers = { 'x-api-key': 'unused', 'anthropic-version': '2023-06-01' };
      const response = await fetch(`${baseURL}/v1/messages`, {
        method: 'POST',
        headers,
        body: JSON.stringify(question),
      });
      const { content } = (await response.json()) as Anthropic.Message;
      return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    },
  ],
];

describe.each(ways)('Anthropic: %s', (_name, ask) => {
  it.each([
    ['a wrong key', wrongKey, 1, 'disabled'],
    ['a rate limit', limited, 2, 'cooling'],
    ['an overload', overloaded, 2, 'suspect'],
    ['a connection that is cut', reset, 2, 'suspect'],
    ['a low balance', lowBalance, 1, 'cooling'],
    ['a spend limit', spendLimit, 1, 'cooling'],
  ])('succeeds with the second key after %s', async (_failure, answer, attempts, state) => {
    scripts.set(first, answer);
    await expect(ask()).resolves.toBe('Tudo bem');
    const keys = [...Array<string>(attempts).fill(first), second];
    expect(sentHeaders.map(({ authorization }) => authorization)).toEqual(keys.map((key) => `Bearer ${key}`));
    expect(sentHeaders.map((headers) => headers['x-api-key'])).toEqual(keys.map(() => undefined));
    expect(manager.status().keys.map((key) => key.state)).toEqual([state, 'healthy']);
  });
});

describe('Anthropic: when no key is left', () => {
  it.each<[string, Answer, new (...args: never[]) => Error, number]>([
    ['rate limits', limited, RateLimitError, 4],
    ['wrong keys', wrongKey, AuthenticationError, 2],
    ['an overload', overloaded, InternalServerError, 4],
    ['cut connections', reset, APIConnectionError, 4],
  ])('makes the client throw its own error after %s', async (_name, answer, ErrorClass, requests) => {
    for (const key of [first, second]) scripts.set(key, answer);
    await expect(client().messages.create(question)).rejects.toBeInstanceOf(ErrorClass);
    expect(sentHeaders).toHaveLength(requests);
  });
});

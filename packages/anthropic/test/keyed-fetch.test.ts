import Anthropic, { APIConnectionError, AuthenticationError, OverloadedError, RateLimitError } from '@anthropic-ai/sdk';
import { createKeyedFetch, registry } from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnthropicKeyManager } from '../src/index.ts';
import { question } from './provoke-anthropic-error.ts';

const [first, second] = ['sk-ant-keyed-fetch-first', 'sk-ant-keyed-fetch-other'] as const;
const text = 'Tudo bem';
const keyedFetch = createKeyedFetch({ provider: 'anthropic', maxRetries: 2, delay: 0 });

let server: ProviderServer;
let manager: AnthropicKeyManager;

beforeAll(async () => {
  server = await startProviderServer({ reply: text });
});
beforeEach(() => {
  server.script(second, ['ok']);
  manager = new AnthropicKeyManager([first, second], { logger: false, retryBudget: false });
  registry.unregister(manager.provider);
  registry.register(manager);
});
afterAll(async () => {
  registry.unregister('anthropic');
  await server.close();
});

const client = (): Anthropic =>
  new Anthropic({ apiKey: 'unused', baseURL: server.url, fetch: keyedFetch, maxRetries: 0 });
const textIn = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

const ways: readonly (readonly [string, () => Promise<string>])[] = [
  ['a message', async () => textIn(await client().messages.create(question))],
  [
    'a stream',
    async () => {
      let streamed = '';
      for await (const part of await client().messages.create({ ...question, stream: true })) {
        if (part.type === 'content_block_delta' && part.delta.type === 'text_delta') streamed += part.delta.text;
      }
      return streamed;
    },
  ],
  ['the stream helper', () => client().messages.stream(question).finalText()],
  [
    'plain code',
    async () => {
      const headers = { 'x-api-key': 'unused', 'anthropic-version': '2023-06-01' };
      const body = JSON.stringify(question);
      const response = await keyedFetch(`${server.url}/v1/messages`, { method: 'POST', headers, body });
      return textIn((await response.json()) as Anthropic.Message);
    },
  ],
];

describe.each(ways)('a keyed fetch with %s', (_name, ask) => {
  it.each<[ProviderStep, number, string]>([
    ['invalid-key', 1, 'disabled'],
    ['rate-limited', 2, 'cooling'],
    ['unavailable', 2, 'suspect'],
    ['reset', 2, 'suspect'],
    ['credit_balance_too_low', 1, 'cooling'],
    ['enforced_spend_limit_reached', 1, 'cooling'],
  ])('succeeds with the second key after %s', async (step, attempts, state) => {
    server.script(first, [step]);
    const before = server.requests.length;
    await expect(ask()).resolves.toBe(text);
    const keys = server.requests.slice(before).map(({ key }) => key);
    expect(keys).toEqual([...Array<string>(attempts).fill(first), second]);
    expect(manager.status().keys.map((key) => key.state)).toEqual([state, 'healthy']);
  });
});

describe('when no key is left', () => {
  it.each<[ProviderStep, new (...args: never[]) => Error, number]>([
    ['rate-limited', RateLimitError, 4],
    ['invalid-key', AuthenticationError, 2],
    ['unavailable', OverloadedError, 4],
    ['reset', APIConnectionError, 4],
  ])('the client throws its own error after %s', async (step, ErrorClass, requests) => {
    for (const key of [first, second]) server.script(key, [step]);
    const before = server.requestCount();
    await expect(client().messages.create(question)).rejects.toBeInstanceOf(ErrorClass);
    expect(server.requestCount() - before).toBe(requests);
  });
});

it('fails a stream that ends without message_stop, after delivering its events', async () => {
  const part = `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } })}\n\n`;
  server.script(first, [{ chunks: [part, part] }]);
  let streamed = '';
  const read = async () => {
    for await (const event of await client().messages.create({ ...question, stream: true })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') streamed += event.delta.text;
    }
  };
  await expect(read()).rejects.toThrow('ended before its last event');
  expect(streamed).toBe('aa');
});

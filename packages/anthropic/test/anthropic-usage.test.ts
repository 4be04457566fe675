import { createKeyedFetch, wrapWithFallback, type ApiClient } from '@api-key-fallback/core';
import Anthropic from '@anthropic-ai/sdk';
import { expect, it } from 'vitest';
import { useTokenLimits } from '../../../test-support/use-token-limits.ts';
import { AnthropicKeyManager, firstOutput } from '../src/index.ts';

const key = 'sk-ant-test-0123456789abcdefghij';
const provider = 'anthropic';
const cost = { tokens: 300 };
// The stand-in counts a token for each word: 1 of the prompt, and 3 of "You said: hello".
const question = { model: 'claude-sonnet-5', max_tokens: 64, messages: [{ role: 'user' as const, content: 'hello' }] };

const limited = useTokenLimits(
  (server, options) => new AnthropicKeyManager([key], { ...options, clientOptions: { baseURL: server.url } }),
);

/** Reads a number of events of a stream. */
async function read(stream: AsyncIterable<unknown>, events = Infinity): Promise<void> {
  let left = events;
  for await (const event of stream) if (event && --left <= 0) break;
}

it('the tokens of a message count', async () => {
  await limited.manager.retryWithFallback((client) => client.messages.create(question), { inject: 'client', cost });
  expect(limited.used()).toEqual([4, 0]);
});

it('the tokens of a message count with a keyed fetch', async () => {
  const fetch = createKeyedFetch({ provider, cost });
  const client = new Anthropic({ apiKey: 'unused', maxRetries: 0, baseURL: limited.server.url, fetch });
  await client.messages.create(question);
  expect(limited.used()).toEqual([4, 0]);
});

it('the tokens of both directions count at the end of a stream', async () => {
  const open = async (client: Anthropic) => firstOutput(await client.messages.create({ ...question, stream: true }));
  const stream = await limited.manager.retryWithFallback(open, { inject: 'client', cost });
  expect(limited.used()).toEqual([300, 0]);
  await read(stream);
  expect(limited.used()).toEqual([4, 0]);
});

it('the tokens that were stated count when the consumer leaves', async () => {
  const message = { id: 'msg_1', type: 'message', content: [], usage: { input_tokens: 50, output_tokens: 1 } };
  const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
  const chunks = [{ type: 'message_start', message }, block].map((event) => {
    return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  });
  limited.server.script(key, [{ chunks, ending: 'hang' }]);
  const stream = wrapWithFallback(
    async function* (client: ApiClient<typeof provider>) {
      yield* await client.messages.create({ ...question, stream: true });
    },
    { provider, inject: 'client', cost },
  );
  await read(stream(), 2);
  expect(limited.used()).toEqual([51, 0]);
});

it('reads from a cache do not count', async () => {
  const usage = { input_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 900, output_tokens: 1 };
  const body = { id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'claude-sonnet-5', usage };
  limited.server.script(key, [{ status: 200, body }]);
  await limited.manager.retryWithFallback((client) => client.messages.create(question), { inject: 'client', cost });
  expect(limited.used()).toEqual([8, 0]);
});

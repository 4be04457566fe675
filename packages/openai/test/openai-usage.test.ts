import { createKeyedFetch, currentAttempt, firstChunk, wrapWithFallback, type ApiClient } from '@api-key-fallback/core';
import type { ProviderStep } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { useTokenLimits } from '../../../test-support/use-token-limits.ts';
import { openAICompatible, OpenAIKeyManager } from '../src/index.ts';

const key = 'sk-test-key-number-1-0123456789';
// The stand-in counts a token for each word: 1 of the prompt, and 3 of "You said: hello".
const question = { model: 'gpt-5.6', messages: [{ role: 'user' as const, content: 'hello' }] };
const provider = 'openai';
const cost = { tokens: 300 };

const limited = useTokenLimits(
  (server, options) => new OpenAIKeyManager([key], { ...options, clientOptions: { baseURL: server.openaiBaseURL } }),
);

type Use = (client: OpenAI) => Promise<unknown>;

const uses: readonly (readonly [name: string, use: Use, tokens: number])[] = [
  ['a chat completion', (client) => client.chat.completions.create(question), 4],
  ['a response', (client) => client.responses.create({ model: 'gpt-5.6', input: 'hello' }), 4],
  ['embeddings', (client) => client.embeddings.create({ model: 'embed', input: 'two words' }), 2],
  ['a text', async (client) => (await client.chat.completions.create(question)).choices[0]?.message.content, 4],
  [
    'three completions',
    async (client) => {
      await client.chat.completions.create(question);
      await client.chat.completions.create(question);
      return client.chat.completions.create(question);
    },
    12,
  ],
  ['a list of models', (client) => client.models.list(), 300],
];

describe('the tokens of', () => {
  it.each(uses)('%s count with a client of the manager', async (_name, use, tokens) => {
    await limited.manager.retryWithFallback(use, { inject: 'client', cost });
    expect(limited.used()).toEqual([tokens, 0]);
  });

  it.each(uses)('%s count with a client that has a keyed fetch', async (_name, use, tokens) => {
    const fetch = createKeyedFetch({ provider });
    const client = new OpenAI({ apiKey: 'unused', maxRetries: 0, baseURL: limited.server.openaiBaseURL, fetch });
    await limited.manager.retryWithFallback(() => use(client), { cost });
    expect(limited.used()).toEqual([tokens, 0]);
  });

  it('a completion count when a method returns it that makes its own client', async () => {
    const call = (apiKey: string) =>
      new OpenAI({ apiKey, maxRetries: 0, baseURL: limited.server.openaiBaseURL }).chat.completions.create(question);
    await limited.manager.retryWithFallback(call, { cost });
    expect(limited.used()).toEqual([4, 0]);
  });

  it('a call are those that spent() states', async () => {
    const stating = async (client: OpenAI) => {
      currentAttempt().spent({ tokens: 9 });
      return client.chat.completions.create(question);
    };
    await limited.manager.retryWithFallback(stating, { inject: 'client', cost });
    expect(limited.used()).toEqual([9, 0]);
  });
});

const streams = {
  chat: (client: OpenAI) =>
    client.chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } }),
  responses: (client: OpenAI) => client.responses.create({ model: 'gpt-5.6', input: 'hello', stream: true }),
};

describe.each(['chat', 'responses'] as const)('the tokens of a stream of %s', (kind) => {
  const open = (client: OpenAI): Promise<AsyncIterable<unknown>> => streams[kind](client);

  it('count at the end of a generator method', async () => {
    const stream = wrapWithFallback(
      async function* (client: ApiClient<typeof provider>) {
        yield* await open(client);
      },
      { provider, inject: 'client', cost },
    );
    for await (const chunk of stream()) expect(chunk).toBeDefined();
    expect(limited.used()).toEqual([4, 0]);
  });

  it('count when the stream is read after the end of the call', async () => {
    const stream = await limited.manager.retryWithFallback(async (client) => firstChunk(await open(client)), {
      inject: 'client',
      cost,
    });
    expect(limited.used()).toEqual([300, 0]);
    for await (const chunk of stream) expect(chunk).toBeDefined();
    expect(limited.used()).toEqual([4, 0]);
  });

  it('are the estimate when the consumer leaves before they are stated', async () => {
    const event = { type: 'response.created', object: 'chat.completion.chunk', choices: [], usage: null };
    limited.server.script(key, [{ chunks: [`data: ${JSON.stringify(event)}\n\n`], ending: 'hang' }]);
    const stream = await limited.manager.retryWithFallback(open, { inject: 'client', cost });
    for await (const chunk of stream) if (chunk) break;
    expect(limited.used()).toEqual([300, 0]);
  });
});

it('a stream that ends before its last event states none, and fails as before', async () => {
  const cut: ProviderStep = { chunks: ['data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'] };
  limited.server.script(key, [cut]);
  const reading = async (client: OpenAI) => {
    for await (const chunk of await streams.chat(client)) expect(chunk).toBeDefined();
  };
  await expect(limited.manager.retryWithFallback(reading, { inject: 'client', cost, maxRetries: 1 })).rejects.toThrow(
    'unavailable',
  );
  expect(limited.used()).toEqual([300, 0]);
});

describe('the tokens that a compatible server states', () => {
  const usage = { prompt_tokens: 70, completion_tokens: 12, total_tokens: 82 };
  const both = { inputTokens: 70, outputTokens: 12 };

  it('are found in the last chunk of Groq and Moonshot AI', () => {
    expect(openAICompatible('groq').usageOf?.({ choices: [], x_groq: { id: 'req_1', usage } })).toEqual(both);
    const chunk = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] };
    expect(openAICompatible('moonshot').usageOf?.(chunk)).toEqual(both);
  });

  it('are those that count against its limits', () => {
    const cached = { usage: { ...usage, prompt_tokens_details: { cached_tokens: 64 } } };
    expect(openAICompatible('groq').usageOf?.(cached)).toEqual({ ...both, uncountedTokens: 64 });
    expect(openAICompatible('mistral').usageOf?.(cached)).toEqual(both);
    expect(openAICompatible('gemini').usageOf?.({ usage })).toEqual({ ...both, uncountedTokens: 12 });
  });

  it('contain the reasoning, also where it is not a part of the completion', () => {
    const reasoned = { usage: { ...usage, total_tokens: 182, completion_tokens_details: { reasoning_tokens: 100 } } };
    expect(openAICompatible('xai').usageOf?.(reasoned)).toEqual({ inputTokens: 70, outputTokens: 112 });
  });

  it('can be read by an option', () => {
    const usageOf = (answer: unknown) => (answer === 'own' ? { tokens: 5 } : undefined);
    const adapter = openAICompatible({
      name: 'acme',
      baseURL: 'https://api.acme.com/v1',
      env: 'ACME_API_KEY',
      usageOf,
    });
    expect(adapter.usageOf?.('own')).toEqual({ tokens: 5 });
    expect(adapter.usageOf?.({ usage })).toEqual(both);
  });

  it('can be a total alone', () => {
    expect(openAICompatible('vllm').usageOf?.({ usage: { total_tokens: 9 } })).toEqual({ tokens: 9 });
  });
});

import { createKeyedFetch, registry } from '@api-key-fallback/core';
import { startProviderServer } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { afterEach, expect, it } from 'vitest';
import { OpenAIKeyManager } from '../src/index.ts';

const key = 'sk-test-0123456789abcdefghij';
const chunk = (text: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`;

afterEach(() => registry.unregister('openai'));

it('takes the options of one request from fetchOptions of the client', async () => {
  await using server = await startProviderServer({ keys: { [key]: ['server-error'] } });
  registry.unregister('openai');
  registry.register(new OpenAIKeyManager([key], { logger: false }));
  const fetch = createKeyedFetch({ provider: 'openai', delay: 0 });
  const client = new OpenAI({ apiKey: 'unused', baseURL: server.openaiBaseURL, maxRetries: 0, fetch });
  const fetchOptions = { fallback: { maxRetries: 2 } } as object;
  await expect(client.models.list({ fetchOptions })).rejects.toMatchObject({ status: 500 });
  expect(server.requestCount()).toBe(2);
});

it('fails a keyed fetch stream that ends without its final event, after delivering its chunks', async () => {
  await using server = await startProviderServer({
    keys: { [key]: [{ chunks: [chunk('a'), chunk('b')], ending: 'end' }] },
  });
  registry.unregister('openai');
  registry.register(new OpenAIKeyManager([key], { logger: false }));
  const client = new OpenAI({
    apiKey: 'unused',
    baseURL: server.openaiBaseURL,
    maxRetries: 0,
    fetch: createKeyedFetch({ provider: 'openai' }),
  });
  const stream = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  });
  let text = '';
  const read = async () => {
    for await (const part of stream) text += part.choices[0]?.delta.content ?? '';
  };
  await expect(read()).rejects.toThrow('ended before its last event');
  expect(text).toBe('ab');
});

import { createKeyedFetch, wrapWithFallback, type ApiClient } from '@api-key-fallback/core';
import type { GoogleGenAI } from '@google/genai';
import { expect, it } from 'vitest';
import { useTokenLimits } from '../../../test-support/use-token-limits.ts';
import { GeminiKeyManager } from '../src/index.ts';

const key = 'test-key-of-gemini';
const provider = 'gemini';
const cost = { tokens: 300 };
// The stand-in counts a token for each word. Only those of the input count.
const question = { model: 'gemini-3.6-flash', contents: 'two words' };

const limited = useTokenLimits(
  (server, options) =>
    new GeminiKeyManager([key], { ...options, clientOptions: { httpOptions: { baseUrl: server.url } } }),
);

it.each<[string, (client: GoogleGenAI) => Promise<unknown>, number]>([
  ['a response', (client) => client.models.generateContent(question), 2],
  ['a text', async (client) => (await client.models.generateContent(question)).text, 2],
  ['a list of models', (client) => client.models.list(), 300],
])('the tokens of %s count', async (_name, use, tokens) => {
  await limited.manager.retryWithFallback(use, { inject: 'client', cost });
  expect(limited.used()).toEqual([tokens, 0]);
});

it('the last tokens that a stream states count', async () => {
  const stream = await limited.manager.retryWithFallback((client) => client.models.generateContentStream(question), {
    inject: 'client',
    cost,
  });
  for await (const chunk of stream) expect(chunk.usageMetadata?.promptTokenCount).toBe(2);
  expect(limited.used()).toEqual([2, 0]);
});

it('the tokens that were stated count when the consumer leaves', async () => {
  const stream = wrapWithFallback(
    async function* (client: ApiClient<typeof provider>) {
      yield* await client.models.generateContentStream(question);
    },
    { provider, inject: 'client', cost },
  );
  for await (const chunk of stream()) if (chunk) break;
  expect(limited.used()).toEqual([2, 0]);
});

it.each(['', '?alt=sse'])('the tokens of a stream%s count with a keyed fetch', async (query) => {
  const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'two words' }] }] });
  const url = `${limited.server.url}/v1beta/models/gemini-3.6-flash:streamGenerateContent${query}`;
  const headers = { 'content-type': 'application/json' };
  await (await createKeyedFetch({ provider, cost })(url, { method: 'POST', headers, body })).text();
  expect(limited.used()).toEqual([2, 0]);
});

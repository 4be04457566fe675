import { injectKeys, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { openaiAdapter } from '@api-key-fallback/openai';
import { createTestManager, startProviderServer, type TestKeyManager } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { beforeEach, expect, it } from 'vitest';

type Ask = (apiKey: string, prompt: string) => Promise<string>;

// The service, in a file of its own in your project.
class ChatService {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 1000, attemptTimeout: 20_000 })
  async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> {
    return this.#ask(apiKey, prompt);
  }
}

let keys: TestKeyManager;

beforeEach(() => {
  // Healthy keys for each test. Replaces the manager of the test before.
  keys = createTestManager(openaiAdapter, { keys: 2 });
  registry.register(keys, { replace: true });
});

it('continues with the second key, with a plain function', async () => {
  const [first, second] = keys.getAllKeys();
  const tried: string[] = [];
  const service = injectKeys(
    new ChatService(async (apiKey, prompt) => {
      tried.push(apiKey);
      // An error as the client throws it: its status and headers decide what it means.
      if (apiKey === first)
        throw Object.assign(new Error('Rate limited'), { status: 429, headers: { 'retry-after': '60' } });
      return `You said: ${prompt}`;
    }),
  );

  expect(await service.chat('hello')).toBe('You said: hello');
  expect(tried).toEqual([first, second]);
  expect(keys.status().keys.map(({ state }) => state)).toEqual(['cooling', 'healthy']);

  await keys.advance(60_000);
  expect(keys.getCurrentKey()).toBe(first);
});

it('retries a server error on the same key, with the real client and a server', async () => {
  const [first = ''] = keys.getAllKeys();
  await using server = await startProviderServer({ keys: { [first]: ['server-error', 'server-error', 'ok'] } });
  const service = injectKeys(
    new ChatService(async (apiKey, content) => {
      const client = new OpenAI({ apiKey, baseURL: server.openaiBaseURL, maxRetries: 0 });
      const messages = [{ role: 'user' as const, content }];
      const completion = await client.chat.completions.create({ model: 'gpt-4o-mini', messages });
      return completion.choices[0]?.message.content ?? '';
    }),
  );

  const startMs = keys.now();
  expect(await service.chat('hello')).toBe('You said: hello');
  expect(server.requestCount(first)).toBe(3);
  expect(keys.now() - startMs).toBe(2000); // Two pauses of 1 s, which the test did not wait for.
});

it('says when the first key is back, if all are out', async () => {
  const service = injectKeys(
    new ChatService(async () => {
      throw Object.assign(new Error('Rate limited'), { status: 429, headers: { 'retry-after': '30' } });
    }),
  );

  await expect(service.chat('hello')).rejects.toMatchObject({
    name: 'AllKeysFailedError',
    reason: 'rate-limited',
    retryAfterMs: 30_000,
  });
});

it('gives up on an answer that does not come', async () => {
  const [first, second] = keys.getAllKeys();
  const tried: string[] = [];
  const service = injectKeys(
    new ChatService((apiKey) => {
      tried.push(apiKey);
      return apiKey === second ? Promise.resolve('hello') : new Promise(() => {});
    }),
  );

  const answer = service.chat('hello');
  await keys.advance(120_000); // Longer than three time limits and the pauses between them.
  expect(await answer).toBe('hello');
  expect(tried).toEqual([first, first, first, second]);
});

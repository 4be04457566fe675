import {
  type ApiClient,
  type ApiKey,
  callWithFallback,
  createKeyedFetch,
  injectKeys,
  loadApiKeys,
  MemoryStore,
  registry,
  retryWithApiKeyFallback,
} from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import OpenAI from 'openai';

const refused = 'sk-test-4f9a81c2e07b';
const broken = 'sk-test-90b3f6a1d52c';
const working = 'sk-test-c71e52d08f3a';

const messages = [{ role: 'user' as const, content: 'ping' }];

class ChatService {
  readonly baseURL: string;

  constructor(baseURL: string) {
    this.baseURL = baseURL;
  }

  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 1 })
  async chat(apiKey: ApiKey<'openai'>, content: string): Promise<string> {
    const client = new OpenAI({ apiKey, baseURL: this.baseURL, maxRetries: 0 });
    const completion = await client.chat.completions.create({
      model: 'gpt-5.6',
      messages: [{ role: 'user', content }],
    });
    return completion.choices[0]?.message.content ?? '';
  }

  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 1 })
  async *stream(openai: ApiClient<'openai'>, content: string): AsyncGenerator<string> {
    const stream = await openai.chat.completions.create({
      model: 'gpt-5.6',
      messages: [{ role: 'user', content }],
      stream: true,
    });
    for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? '';
  }
}

/** What the program saw; the same in every toolchain. */
export interface ProgramResult {
  readonly loaded: readonly string[];
  readonly chat: string;
  readonly streamed: string;
  readonly fetched: string;
  readonly shared: readonly string[];
}

/** Uses a decorated method, a stream, a keyed fetch and a store, each with a key that fails before one that works. */
export async function runProgram(baseURL: string): Promise<ProgramResult> {
  const clientOptions = { baseURL };
  const service = injectKeys(new ChatService(baseURL));

  registry.register(new OpenAIKeyManager([refused, working], { clientOptions }));
  const chat = await service.chat('ping');

  registry.register(new OpenAIKeyManager([broken, working], { clientOptions }), { replace: true });
  let streamed = '';
  for await (const text of service.stream('ping')) streamed += text;

  registry.register(new OpenAIKeyManager([refused, working], { clientOptions }), { replace: true });
  const fetch = createKeyedFetch({ provider: 'openai', maxRetries: 1 });
  const client = new OpenAI({ apiKey: 'unused', baseURL, fetch, maxRetries: 0 });
  const completion = await client.chat.completions.create({ model: 'gpt-5.6', messages });
  const fetched = completion.choices[0]?.message.content ?? '';

  const store = new MemoryStore();
  const first = new OpenAIKeyManager([refused, working], { clientOptions, store });
  await callWithFallback(first, (key) => new OpenAI({ apiKey: key, baseURL, maxRetries: 0 }).models.list(), {
    maxRetries: 1,
  });
  await first.close();
  const second = new OpenAIKeyManager([refused, working], { clientOptions, store });
  await second.ready();
  const shared = second.status().keys.map(({ state }) => state);
  await second.close();

  const loaded = loadApiKeys('TOOLCHAIN_KEY').map(({ label }) => label);
  return { loaded, chat, streamed, fetched, shared };
}

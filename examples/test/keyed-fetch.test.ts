import { createOpenAI } from '@ai-sdk/openai';
import { AllKeysFailedError, createKeyedFetch, registry, type ApiKeyManager } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { ChatOpenAI } from '@langchain/openai';
import { APICallError, generateText, streamText } from 'ai';
import OpenAI, {
  APIConnectionError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const [first, second] = ['sk-keyed-fetch-first-01', 'sk-keyed-fetch-second-1'] as const;
const apiKey = 'unused-key-of-the-client';
const model = 'gpt-4o-mini';
const reply = 'Tudo bem, e com você?';
const prompt = 'Olá';

let server: ProviderServer;
let manager: ApiKeyManager;
const fetch = createKeyedFetch({ provider: 'openai', maxRetries: 2, delay: 0 });

beforeAll(async () => {
  server = await startProviderServer({ reply });
});
beforeEach(() => {
  manager = new OpenAIKeyManager([first, second], { logger: false, retryBudget: false });
  registry.unregister(manager.provider);
  registry.register(manager);
  server.script(second, ['ok']);
});
afterAll(async () => {
  registry.unregister('openai');
  await server.close();
});

/** Runs a call and returns the keys of its requests. */
async function keysOf(run: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const before = server.requests.length;
  await run();
  return server.requests.slice(before).map(({ key }) => key);
}

type Ask = () => Promise<string>;

const openai = (): OpenAI => new OpenAI({ apiKey, fetch, baseURL: server.openaiBaseURL, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: prompt }];
const aiSdk = () => createOpenAI({ apiKey, fetch, baseURL: server.openaiBaseURL });
const langChain = (): ChatOpenAI =>
  new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { fetch, baseURL: server.openaiBaseURL } });

async function join<T>(chunks: AsyncIterable<T>, textOf: (chunk: T) => string | undefined): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += textOf(chunk) ?? '';
  return text;
}

async function streamOfAiSdk(languageModel: Parameters<typeof streamText>[0]['model']): Promise<string> {
  const { fullStream } = streamText({ model: languageModel, prompt, maxRetries: 0, onError: () => {} });
  return join(fullStream, (part) => {
    if (part.type === 'error') throw part.error;
    return part.type === 'text-delta' ? part.text : undefined;
  });
}

const clients: readonly (readonly [string, Ask])[] = [
  [
    'OpenAI',
    async () => (await openai().chat.completions.create({ model, messages })).choices[0]?.message.content ?? '',
  ],
  [
    'OpenAI, streaming',
    async () =>
      join(
        await openai().chat.completions.create({ model, messages, stream: true }),
        (chunk) => chunk.choices[0]?.delta.content ?? undefined,
      ),
  ],
  [
    'OpenAI, streaming responses',
    async () =>
      join(await openai().responses.create({ model, input: prompt, stream: true }), (event) =>
        event.type === 'response.output_text.delta' ? event.delta : undefined,
      ),
  ],
  ['the AI SDK', async () => (await generateText({ model: aiSdk()(model), prompt, maxRetries: 0 })).text],
  ['the AI SDK, by chat', async () => (await generateText({ model: aiSdk().chat(model), prompt, maxRetries: 0 })).text],
  ['the AI SDK, streaming', () => streamOfAiSdk(aiSdk()(model))],
  ['the AI SDK, streaming by chat', () => streamOfAiSdk(aiSdk().chat(model))],
  ['LangChain', async () => (await langChain().invoke(prompt)).text],
  ['LangChain, streaming', async () => join(await langChain().stream(prompt), ({ text }) => text)],
  [
    'plain code',
    async () => {
      const response = await fetch(`${server.openaiBaseURL}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages }),
      });
      if (!response.ok) throw new Error(response.statusText);
      const { choices } = (await response.json()) as OpenAI.ChatCompletion;
      return choices[0]?.message.content ?? '';
    },
  ],
];

const failures: readonly (readonly [ProviderStep, number, string])[] = [
  ['invalid-key', 1, 'disabled'],
  ['rate-limited', 2, 'cooling'],
  ['quota-exhausted', 1, 'cooling'],
  ['server-error', 2, 'suspect'],
  ['reset', 2, 'suspect'],
];

describe.each(clients)('%s', (_name, ask) => {
  it.each(failures)('gets its response with the second key after %s', async (step, attempts, state) => {
    server.script(first, [step]);
    const keys = await keysOf(async () => expect(await ask()).toBe(reply));
    expect(keys).toEqual([...Array<string>(attempts).fill(first), second]);
    expect(manager.status().keys.map((key) => key.state)).toEqual([state, 'healthy']);
  });

  it('gets its response with the same key after one failure', async () => {
    server.script(first, ['reset', 'ok']);
    expect(await keysOf(async () => expect(await ask()).toBe(reply))).toEqual([first, first]);
  });

  it('makes as many requests as a decorated method when every key fails', async () => {
    for (const key of [first, second]) server.script(key, ['server-error']);
    const keys = await keysOf(async () => expect(ask()).rejects.toBeInstanceOf(Error));
    expect(keys).toEqual([first, first, second, second]);
  });
});

const byClient = (name: string): Ask => clients.find(([client]) => client === name)?.[1] ?? expect.unreachable(name);

describe('when no key is left', () => {
  it.each<[ProviderStep, new (...args: never[]) => Error]>([
    ['rate-limited', RateLimitError],
    ['invalid-key', AuthenticationError],
    ['server-error', InternalServerError],
    ['reset', APIConnectionError],
  ])('OpenAI throws its own error after %s', async (step, ErrorClass) => {
    for (const key of [first, second]) server.script(key, [step]);
    await expect(byClient('OpenAI')()).rejects.toBeInstanceOf(ErrorClass);
    manager.reset();
    await expect(byClient('OpenAI, streaming')()).rejects.toBeInstanceOf(ErrorClass);
  });

  it('OpenAI shows the message of the provider', async () => {
    for (const key of [first, second]) server.script(key, ['quota-exhausted']);
    await expect(byClient('OpenAI')()).rejects.toMatchObject({ status: 429, code: 'credit_balance_exhausted' });
  });

  it.each(['the AI SDK', 'the AI SDK, streaming'])('%s throws its own error', async (name) => {
    for (const key of [first, second]) server.script(key, ['rate-limited']);
    const error: unknown = await byClient(name)().catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 429 });
  });

  it.each(['LangChain', 'LangChain, streaming'])('%s throws its own error', async (name) => {
    for (const key of [first, second]) server.script(key, ['rate-limited']);
    await expect(byClient(name)()).rejects.toMatchObject({ status: 429, lc_error_code: 'MODEL_RATE_LIMIT' });
  });

  it('OpenAI wraps our error when no key could be tried', async () => {
    for (const key of [first, second]) manager.disable(key);
    const error: unknown = await byClient('OpenAI')().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIConnectionError);
    expect((error as Error).cause).toMatchObject({ code: 'ALL_KEYS_FAILED', attempts: [] });
  });

  it('the AI SDK and LangChain throw our error with throwOnExhausted', async () => {
    for (const key of [first, second]) server.script(key, ['invalid-key']);
    const throwing = createKeyedFetch({ provider: 'openai', throwOnExhausted: true });
    const settings = { apiKey, fetch: throwing, baseURL: server.openaiBaseURL };
    const ofAiSdk: unknown = await generateText({ model: createOpenAI(settings)(model), prompt, maxRetries: 0 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(AllKeysFailedError.isInstance(ofAiSdk)).toBe(true);
    manager.reset();
    const chat = new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: settings });
    const ofLangChain: unknown = await chat.invoke(prompt).catch((thrown: unknown) => thrown);
    expect(AllKeysFailedError.isInstance((ofLangChain as Error).cause)).toBe(true);
  });

  it('OpenAI wraps our error with throwOnExhausted', async () => {
    for (const key of [first, second]) server.script(key, ['invalid-key']);
    const throwing = createKeyedFetch({ provider: 'openai', throwOnExhausted: true });
    const client = new OpenAI({ apiKey, fetch: throwing, baseURL: server.openaiBaseURL, maxRetries: 0 });
    const error: unknown = await client.models.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(AllKeysFailedError.isInstance((error as Error).cause)).toBe(true);
  });
});

describe('a caller error', () => {
  it('is thrown by OpenAI immediately', async () => {
    server.script(first, ['ok']);
    const keys = await keysOf(async () =>
      expect(openai().chat.completions.create({ messages } as never)).rejects.toBeInstanceOf(BadRequestError),
    );
    expect(keys).toEqual([first]);
  });

  it('is also an abort, which does not affect the key', async () => {
    server.script(first, ['hang']);
    const controller = new AbortController();
    const call = openai().chat.completions.create({ model, messages }, { signal: controller.signal });
    const before = server.requests.length;
    while (server.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(call).rejects.toBeInstanceOf(APIUserAbortError);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });
});

it('keyed-fetch: every client continues with the second key', async () => {
  server.script(first, ['invalid-key']);
  const { code, output } = await runExample('keyed-fetch.ts', {
    OPENAI_BASE_URL: server.openaiBaseURL,
    OPENAI_API_KEY: first,
    OPENAI_API_KEY_2: second,
  });
  for (const line of [`OpenAI: ${reply}`, `AI SDK: ${reply}`, `LangChain: ${reply}`, 'Plain code: HTTP 200']) {
    expect(output).toContain(line);
  }
  expect(output).toContain('OpenAI: Key 1/2 failed. Trying next key...');
  expect(output).not.toContain(first);
  expect(code).toBe(0);
});

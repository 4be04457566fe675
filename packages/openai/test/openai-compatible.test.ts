import {
  injectKeys,
  InvalidOptionsError,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
  type ApiKeyManager,
} from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { describeProviderAdapter } from '@api-key-fallback/testing/vitest';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { openAICompatible } from '../src/index.ts';
import { answer } from './provoke-openai-error.ts';

declare module '@api-key-fallback/core' {
  interface KeyManagers {
    groq: ApiKeyManager<OpenAI>;
  }
}

const groq = openAICompatible({
  name: 'groq',
  displayName: 'Groq',
  baseURL: 'https://api.groq.com/openai/v1',
  env: 'GROQ_API_KEY',
});
const openrouter = openAICompatible({
  name: 'openrouter',
  baseURL: 'https://openrouter.ai/api/v1',
  env: 'OPENROUTER_API_KEY',
});

const keys = [1, 2, 3].map((number) => `key-of-a-provider-${number}`) as [string, string, string];
const messages = [{ role: 'user' as const, content: 'Hello' }];

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer({ otherwise: 'ok' });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const provider of ['groq', 'openrouter']) registry.unregister(provider);
  await server.close();
});

/** Returns the error that the real client throws for this response. */
async function provoke(step: ProviderStep, stream = false): Promise<unknown> {
  const loopback = await startProviderServer({ otherwise: step });
  try {
    const client = await openrouter.createClient?.(keys[0], { baseURL: loopback.openaiBaseURL });
    const answered = await client?.chat.completions.create({ model: 'auto', messages, stream });
    for await (const chunk of answered as AsyncIterable<unknown>) void chunk;
    return expect.unreachable('The client must fail');
  } catch (error) {
    return error;
  } finally {
    await loopback.close();
  }
}

async function judge(step: ProviderStep, stream?: boolean): Promise<unknown> {
  return openrouter.classifyError(await provoke(step, stream), { now: Date.parse('2026-07-01T12:00:00Z') });
}

const outOfCredit = answer(402, { message: 'Insufficient credits. Add more at …', code: 402 });

describeProviderAdapter(
  openrouter,
  {
    transient: [
      { name: 'a model that is down', error: () => provoke(answer(502, { message: 'Provider error', code: 502 })) },
    ],
    'rate-limited': [
      {
        name: 'a limit with a header',
        error: () => provoke(answer(429, { message: 'Rate limited', code: 429 }, { 'retry-after': '3' })),
        expected: { reason: 'http_429', retryAfterMs: 3000 },
      },
    ],
    'quota-exhausted': [
      { name: 'no credits', error: () => provoke(outOfCredit), expected: { recheckAfterMs: 3_600_000, scope: 'key' } },
    ],
    'invalid-key': [
      { name: 'an unknown key', error: () => provoke(answer(401, { message: 'User not found.', code: 401 })) },
    ],
    'caller-error': [
      { name: 'moderation', error: () => provoke(answer(403, { message: 'Your input was flagged', code: 403 })) },
    ],
  },
  {
    clientOptions: (url) => ({ baseURL: url }),
    useClient: (client) => client.models.list(),
  },
);

describe('errors of', () => {
  it('Groq: a limit of one model, and a request that exceeds the limit on its own', async () => {
    const limits = 'in organization `org_01` service tier `on_demand` on tokens per minute (TPM): Limit 6000';
    const error = { type: 'tokens', code: 'rate_limit_exceeded' };
    const limited = `Rate limit reached for model \`llama-3.3-70b-versatile\` ${limits}, Used 5034. Please try again in 4.77s.`;
    expect(await judge(answer(429, { ...error, message: limited }))).toMatchObject({
      kind: 'rate-limited',
      bucket: 'llama-3.3-70b-versatile',
      retryAfterMs: 4770,
    });
    const tooLarge = `Request too large for model \`llama-3.3-70b-versatile\` ${limits}, Requested 14137.`;
    expect(await judge(answer(413, { ...error, message: tooLarge }))).toEqual({
      kind: 'caller-error',
      reason: 'request_too_large',
    });
  });

  it('OpenRouter: an error in a stream with the status as its code', async () => {
    const streamed = (code: number, message: string): ProviderStep => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `: OPENROUTER PROCESSING\n\ndata: {"choices":[]}\n\ndata: ${JSON.stringify({ error: { code, message } })}\n\n`,
    });
    expect(await judge(streamed(402, 'Insufficient credits'), true)).toMatchObject({ kind: 'quota-exhausted' });
    expect(await judge(streamed(429, 'Slow. Try again in 2s'), true)).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 2000,
    });
    expect(await judge(streamed(502, 'Provider disconnected'), true)).toEqual({
      kind: 'transient',
      reason: 'http_502',
    });
    expect(await judge(streamed(403, 'Flagged'), true)).toEqual({ kind: 'caller-error', reason: 'http_403' });
  });

  it('DeepSeek: the same code for every error', async () => {
    const error = { param: null, code: 'invalid_request_error' };
    const empty = answer(402, { ...error, message: 'Insufficient Balance', type: 'unknown_error' });
    expect(await judge(empty)).toMatchObject({ kind: 'quota-exhausted', recheckAfterMs: 3_600_000 });
    const wrong = answer(401, { ...error, message: 'Authentication Fails', type: 'authentication_error' });
    expect(await judge(wrong)).toMatchObject({ kind: 'invalid-key' });
  });

  it('Mistral, Cerebras and NVIDIA: bodies without the `error` wrapper', async () => {
    const mistral = { object: 'error', message: 'Service tier capacity exceeded', type: 'capacity', code: '3505' };
    expect(await judge({ status: 429, body: mistral })).toMatchObject({ kind: 'rate-limited' });
    expect(await judge({ status: 401, body: { detail: 'Unauthorized' } })).toMatchObject({ kind: 'invalid-key' });
    const cerebras = { message: 'Tokens per minute limit exceeded', code: 'token_quota_exceeded', param: 'quota' };
    expect(await judge({ status: 429, body: cerebras })).toMatchObject({ kind: 'rate-limited' });
    const nvidia = { status: 402, title: 'Payment Required', detail: 'Cloud credits expired' };
    expect(await judge({ status: 402, body: nvidia })).toMatchObject({ kind: 'quota-exhausted' });
  });
});

class CompletionService {
  @retryWithApiKeyFallback({ provider: openrouter.name, maxRetries: 2, delay: 0 })
  async withKey(apiKey: ApiKey<typeof openrouter.name>, content: string): Promise<string | null | undefined> {
    const client = await registry.get(openrouter.name).getClient(apiKey);
    if (!(client instanceof OpenAI)) throw new Error('Expected an OpenAI client.');
    const completion = await client.chat.completions.create({
      model: 'auto',
      messages: [{ role: 'user', content }],
    });
    return completion.choices[0]?.message.content;
  }

  @retryWithApiKeyFallback({ provider: 'groq', maxRetries: 2, delay: 0, inject: 'client' })
  async withClient(client: ApiClient<'groq'>, content: string): Promise<string | null | undefined> {
    const completion = await client.chat.completions.create({ model: 'auto', messages: [{ role: 'user', content }] });
    return completion.choices[0]?.message.content;
  }
}

describe('a decorated method', () => {
  const service = injectKeys(new CompletionService());

  function script(...scripts: readonly (readonly ProviderStep[])[]): void {
    for (const [index, steps] of scripts.entries()) server.script(keys[index] ?? '', steps);
  }

  it('falls over from a key without credit and reports when it is available again', async () => {
    script([outOfCredit], [{ status: 401 }], ['ok']);
    const clientOptions = { baseURL: server.openaiBaseURL };
    const manager = openrouter.createKeyManager({ keys, clientOptions, logger: false });
    registry.register(manager);
    await expect(service.withKey('Hello')).resolves.toBe('You said: Hello');
    expect(keys.map((key) => server.requestCount(key))).toEqual([1, 1, 1]);
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['cooling', 'disabled', 'healthy']);
    expect(manager.status()).toMatchObject({ provider: 'openrouter', displayName: 'openrouter' });
  });

  it('receives a typed client when the provider name is declared', async () => {
    script(['rate-limited'], ['ok']);
    const clientOptions = { baseURL: server.openaiBaseURL };
    registry.register(groq.createKeyManager({ keys: keys.slice(0, 2), clientOptions, logger: false }));
    expectTypeOf(registry.get('groq')).toEqualTypeOf<ApiKeyManager<OpenAI>>();
    await expect(service.withClient('Hello')).resolves.toBe('You said: Hello');
    expect(keys.map((key) => server.requestCount(key))).toEqual([2, 1, 0]);
  });
});

describe('a key manager', () => {
  it('loads its keys from the variables of the provider', () => {
    vi.stubEnv('GROQ_API_KEY', keys[0]);
    vi.stubEnv('GROQ_API_KEY_2', keys[1]);
    vi.stubEnv('OPENAI_API_KEY', keys[2]);
    const manager = groq.createKeyManager({ logger: false });
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(manager.status().keys.map(({ label }) => label)).toEqual(['GROQ_API_KEY', 'GROQ_API_KEY_2']);
    expect(() => openrouter.createKeyManager({ logger: false })).toThrow(NoApiKeysError);
  });

  it('sends requests to the provider, whatever OPENAI_BASE_URL says', async () => {
    vi.stubEnv('OPENAI_BASE_URL', server.openaiBaseURL);
    vi.stubEnv('OPENAI_ORG_ID', 'org-of-openai');
    const client = await groq.createKeyManager({ keys, logger: false }).getClient();
    expect(client.baseURL).toBe(groq.baseURL);
    expect(client.apiKey).toBe(keys[0]);
    expect(client.organization).toBeNull();
    expect(client.maxRetries).toBe(0);
  });
});

describe('the options', () => {
  it('give the provider name its type', () => {
    expectTypeOf(groq.name).toExtend<'groq'>();
    expect(groq).toMatchObject({ name: 'groq', displayName: 'Groq', env: 'GROQ_API_KEY' });
    expect(groq).not.toHaveProperty('keyPattern');
    // @ts-expect-error: baseURL is required
    expect(() => openAICompatible({ name: 'local', env: 'LOCAL_KEY' })).toThrow(InvalidOptionsError);
  });

  it('require an http(s) URL and names', () => {
    for (const wrong of [
      '',
      'api.groq.com',
      'file:///etc/passwd',
      Symbol('url'),
      5,
      { toString: () => groq.baseURL },
    ]) {
      const baseURL = wrong as string;
      expect(() => openAICompatible({ name: 'groq', baseURL, env: 'GROQ_API_KEY' })).toThrow(/"baseURL"/);
    }
    expect(() => openAICompatible({ name: '', baseURL: groq.baseURL, env: 'GROQ_API_KEY' })).toThrow(/"name"/);
  });

  it.each(['name', 'displayName', 'env'])(
    'refuse a %s that cannot be shown or stored, with a short message',
    (option) => {
      const { baseURL } = groq;
      for (const value of [5, null, '', ' ', 'two\nlines', `${keys[0]}\n`, 'x'.repeat(10_000_000)]) {
        const named = { name: 'acme', baseURL, env: 'ACME_API_KEY', [option]: value };
        for (const make of [() => openAICompatible(named), () => openAICompatible('groq', { [option]: value })]) {
          expect(make).toThrow(InvalidOptionsError);
          expect(make).toThrow(new RegExp(`${option}"? .*must be (?!.*key-of-a-provider).{1,300}$`));
        }
      }
    },
  );

  it('name what is missing or misspelt', () => {
    expect(() => openAICompatible('azure-openai')).toThrow('"https://<resource>.openai.azure.com/openai/v1"');
    // @ts-expect-error: misspelt
    expect(() => openAICompatible('groq', { baseUrl: 'https://proxy.example/v1' })).toThrow(
      'Unknown option "baseUrl". Did you mean "baseURL"? Known: name, displayName, baseURL,',
    );
    // @ts-expect-error: neither a name nor options
    expect(() => openAICompatible(undefined)).toThrow(
      "it is undefined. Write openAICompatible('groq'), or { name, baseURL, env }",
    );
  });
});

import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateModule } from '../../../test-support/evaluate-module.ts';
import { geminiAdapter, type GeminiClientOptions } from '../src/index.ts';
import { key, makeClient, model, provokeGeminiError } from './provoke-gemini-error.ts';

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer({ otherwise: 'ok' });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await server.close();
});

const prompt = { model, contents: 'Hello' };

/** The headers of the requests of one call. */
async function sentHeaders(httpOptions: NonNullable<GeminiClientOptions['httpOptions']>): Promise<Headers[]> {
  const sent: Headers[] = [];
  const fetchAndRecord: typeof fetch = (input, init) => {
    sent.push(new Headers(init?.headers));
    return fetch(input, init);
  };
  const client = await makeClient({ ...httpOptions, baseUrl: server.url, fetch: fetchAndRecord });
  await client.models.generateContent(prompt);
  return sent;
}

describe('a client', () => {
  it('sends its key in a header, never in the URL', async () => {
    const client = await makeClient({ baseUrl: server.url });
    expect((await client.models.generateContent(prompt)).text).toBe('You said: Hello');
    expect(server.requests).toMatchObject([{ key, provider: 'gemini' }]);
    expect(server.requests[0]).not.toHaveProperty('query');
  });

  it('uses the given options, but keeps its key', async () => {
    const [headers] = await sentHeaders({ headers: { 'X-Goog-Api-Key': 'AIzaSyAnother', 'x-service': 'chat' } });
    expect(headers?.get('x-goog-api-key')).toBe(key);
    expect(headers?.get('x-service')).toBe('chat');
    const client = await geminiAdapter.createClient?.(key, {
      apiVersion: 'v1alpha',
      httpOptions: { baseUrl: server.url },
    });
    await client?.models.list();
    expect(server.requests.at(-1)?.path).toBe('/v1alpha/models');
  });

  it('does not read a key, or another API, from the environment', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubEnv('GOOGLE_API_KEY', 'AIzaSyOfTheEnvironment1');
    vi.stubEnv('GEMINI_API_KEY', 'AIzaSyOfTheEnvironment2');
    vi.stubEnv('GOOGLE_GENAI_USE_VERTEXAI', 'true');
    vi.stubEnv('GOOGLE_GENAI_USE_ENTERPRISE', 'true');
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'another-project');
    const client = await makeClient({ baseUrl: server.url });
    await client.models.generateContent(prompt);
    await client.interactions.create({ model, input: 'Hello' }).catch(() => {});
    expect(client.vertexai).toBe(false);
    expect(server.requests.map((request) => [request.key, request.path])).toEqual([
      [key, `/v1/models/${model}:generateContent`],
      [key, '/v1/interactions'],
    ]);
  });

  it('bounds a request by the timeout, and does not send it to the API', async () => {
    const [headers] = await sentHeaders({ timeout: 5000 });
    expect(headers?.has('x-server-timeout')).toBe(false);
    expect(await provokeGeminiError('hang', { timeout: 30 })).toMatchObject({ name: 'TimeoutError' });
  });

  it('still reports an abort of the caller as one', async () => {
    const signal = AbortSignal.abort();
    const client = await makeClient({ baseUrl: server.url, timeout: 5000 });
    const call = client.models.generateContent({ ...prompt, config: { abortSignal: signal } });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the retries of a client', () => {
  const failures = ['rate-limited', 'server-error', 'unavailable', { status: 408 }, { status: 504 }, 'reset'] as const;

  it.each(failures)('are off when the response is %j', async (step) => {
    server.script(key, [step]);
    const retryOptions = { attempts: 5, initialDelay: 0.001 };
    const httpOptions = { baseUrl: server.url, retryOptions };
    const client = await makeClient(httpOptions);
    const calls = [
      () => client.models.generateContent(prompt),
      () => client.models.generateContentStream(prompt),
      () => client.interactions.create({ model, input: 'Hello' }),
      () => client.interactions.create({ model, input: 'Hello', stream: true }),
      () => client.interactions.get('id'),
      () => client.interactions.cancel('id'),
      () => client.webhooks.list(),
    ];
    for (const [index, call] of calls.entries()) {
      await expect(call()).rejects.toBeInstanceOf(Error);
      expect(server.requestCount()).toBe(index + 1);
    }
    expect(retryOptions).toEqual({ attempts: 5, initialDelay: 0.001 });
  });

  it('can be switched on for one call', async () => {
    server.script(key, ['unavailable']);
    const client = await makeClient({ baseUrl: server.url });
    const retries = {
      strategy: 'attempt-count-backoff',
      maxRetries: 2,
      backoff: { initialInterval: 1, maxInterval: 1, exponent: 1, maxElapsedTime: 1000 },
    } as const;
    await expect(client.interactions.create({ model, input: 'Hello' }, { retries })).rejects.toBeInstanceOf(Error);
    expect(server.requestCount()).toBe(3);
  });
});

describe('authorize', () => {
  const authorize = (url: string, headers: Record<string, string> = {}): Request | undefined =>
    geminiAdapter.authorize?.(new Request(url, { headers }), key);
  const native = 'https://generativelanguage.googleapis.com/v1beta/models/x:generateContent';

  it('replaces a key in the query, and a token that would be judged instead', () => {
    const request = authorize(`${native}?alt=sse&key=unused`, { authorization: 'Bearer unused' });
    expect(request?.url).toBe(`${native}?alt=sse`);
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({ 'x-goog-api-key': key });
  });

  it('sends the key as a token where the API speaks the language of OpenAI', () => {
    const request = authorize('https://generativelanguage.googleapis.com/v1beta/openai/chat/completions', {
      authorization: 'Bearer unused',
      'x-goog-api-key': 'unused',
    });
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({ authorization: `Bearer ${key}` });
  });
});

it.each(['invalid-key', 'quota-exhausted', 'unavailable', 'reset', 'hang', { status: 502, body: '<html>' }] as const)(
  'shows no key in the error after %j',
  async (step) => {
    for (const api of ['generateContent', 'interactions'] as const) {
      const error = await provokeGeminiError(step, { api, ...(step === 'hang' && { timeout: 30 }) });
      const text = inspect(error, { depth: Infinity, showHidden: true, maxStringLength: null }) + JSON.stringify(error);
      expect(text).not.toContain(key.slice(4));
    }
  },
);

it('has the names, variable, time zone and key pattern of Gemini', () => {
  const names = { name: 'gemini', displayName: 'Gemini', env: 'GEMINI_API_KEY', timeZone: 'America/Los_Angeles' };
  expect(geminiAdapter).toMatchObject(names);
  expect(geminiAdapter.keyPattern?.test(key)).toBe(true);
  expect(geminiAdapter.keyPattern?.test('AQ.Ab8RN6Jabcdef')).toBe(true);
  expect(geminiAdapter.keyPattern?.test('sk-test')).toBe(false);
});

it('loads the SDK with the first client, not on import', { timeout: 20_000 }, async () => {
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({
      load(url, context, next) {
        if (/node_modules\\/@google\\/genai\\//.test(url)) loaded++;
        return next(url, context);
      },
    });
    const { geminiAdapter, GeminiKeyManager } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url))});
    new GeminiKeyManager(['${key}'], { logger: false });
    const afterImport = loaded;
    await geminiAdapter.createClient('${key}');
    process.stdout.write(JSON.stringify({ afterImport, afterClient: loaded > 0 }));
  `;
  expect(await evaluateModule(script, import.meta.dirname)).toEqual({ afterImport: 0, afterClient: true });
});

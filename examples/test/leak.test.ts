import Anthropic from '@anthropic-ai/sdk';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  AllKeysFailedError,
  ApiKeyManager,
  FileStore,
  type KeyManagerEventName,
  type KeyManagerOptions,
  type Locale,
} from '@api-key-fallback/core';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { AnthropicKeyManager } from '@api-key-fallback/anthropic';
import { GeminiKeyManager } from '@api-key-fallback/gemini';
import { RapidApiKeyManager, rapidApiFetch } from '@api-key-fallback/rapidapi';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { RedisStore } from '@api-key-fallback/redis';
import {
  recordedResponses,
  startProviderServer,
  type ProviderServer,
  type RecordedResponse,
} from '@api-key-fallback/testing';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { GoogleGenAI } from '@google/genai';
import { youtube } from '@googleapis/youtube';
import { Redis } from 'ioredis';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { canHaveRedis, startRedis } from './start-redis.ts';

const shortestRun = 12;
const keys = {
  anthropic: ['sk-ant-Recognisable0123456789First', 'sk-ant-Recognisable0123456789Second'],
  openai: ['sk-proj-Recognisable0123456789First', 'sk-proj-Recognisable0123456789Second'],
  gemini: ['gemini-key-Recognisable0123456789First', 'gemini-key-Recognisable0123456789Other'],
  rapidapi: ['Recognisable0123456789RapidApiKeyFirst', 'Recognisable0123456789RapidApiKeyOther'],
  youtube: ['youtube-key-Recognisable0123456789First', 'youtube-key-Recognisable0123456789Other'],
} as const;
type Provider = keyof typeof keys;

const events: readonly KeyManagerEventName[] = [
  'key.selected',
  'attempt.started',
  'attempt.failed',
  'call.fell-over',
  'key.suspected',
  'key.cooled-down',
  'key.disabled',
  'key.recovered',
  'call.succeeded',
  'call.failed',
  'keys.exhausted',
  'budget.exhausted',
  'store.failed',
  'store.recovered',
];

const runs = Object.values(keys)
  .flat()
  .flatMap((key) => [key, encodeURIComponent(key), Buffer.from(key).toString('base64')])
  .flatMap((text) =>
    Array.from({ length: text.length - shortestRun + 1 }, (_, at) => text.slice(at, at + shortestRun)),
  );

function renderings(value: unknown): string[] {
  const stack = value instanceof Error ? [String(value.stack)] : [];
  return [inspect(value, { depth: 9 }), JSON.stringify(value), String(value), ...stack];
}

function makeManager(provider: Provider, server: ProviderServer, options: KeyManagerOptions): ApiKeyManager {
  if (provider === 'rapidapi') return new RapidApiKeyManager([...keys.rapidapi], options);
  if (provider === 'anthropic')
    return new AnthropicKeyManager([...keys.anthropic], { ...options, clientOptions: { baseURL: server.url } });
  if (provider === 'gemini') {
    const clientOptions = { httpOptions: { baseUrl: server.url } };
    return new GeminiKeyManager([...keys.gemini], { ...options, clientOptions });
  }
  return provider === 'openai'
    ? new OpenAIKeyManager([...keys.openai], { ...options, clientOptions: { baseURL: server.openaiBaseURL } })
    : new YouTubeKeyManager([...keys.youtube], { ...options, clientOptions: { rootUrl: server.youtubeRootUrl } });
}

/** Methods that handle a key carefully and carelessly. */
function calls(
  provider: Provider,
  server: ProviderServer,
  manager: ApiKeyManager,
): ((apiKey: string) => Promise<unknown>)[] {
  const messages = [{ role: 'user' as const, content: 'hello' }];
  if (provider === 'openai') {
    const ask = (client: OpenAI) => client.chat.completions.create({ model: 'gpt-4o-mini', messages });
    return [
      async (apiKey) => ask((await manager.getClient(apiKey)) as OpenAI),
      (apiKey) => ask(new OpenAI({ apiKey, baseURL: server.openaiBaseURL, maxRetries: 0 })),
    ];
  }
  if (provider === 'anthropic') {
    const ask = (client: Anthropic) => client.messages.create({ model: 'claude-sonnet-5', max_tokens: 100, messages });
    return [
      async (apiKey) => ask((await manager.getClient(apiKey)) as Anthropic),
      (apiKey) => ask(new Anthropic({ apiKey, baseURL: server.url, maxRetries: 0 })),
    ];
  }
  if (provider === 'gemini') {
    const ask = (client: GoogleGenAI) =>
      client.models.generateContent({ model: 'gemini-3.6-flash', contents: 'hello' });
    return [
      async (apiKey) => ask((await manager.getClient(apiKey)) as GoogleGenAI),
      (apiKey) => ask(new GoogleGenAI({ apiKey, httpOptions: { baseUrl: server.url } })),
    ];
  }
  if (provider === 'rapidapi') {
    const headers = (apiKey: string) => ({ 'x-rapidapi-key': apiKey, 'x-rapidapi-host': 'api.p.rapidapi.com' });
    return [
      () => rapidApiFetch('api.p.rapidapi.com', '/search?q=1', { baseUrl: server.url }),
      async (apiKey) => {
        const response = await fetch(`${server.url}/search?key=${apiKey}`, { headers: headers(apiKey) });
        throw Object.assign(new Error(`${apiKey}: ${await response.text()}`), {
          status: response.status,
          headers: headers(apiKey),
        });
      },
    ];
  }
  const rootUrl = server.youtubeRootUrl;
  const params = { part: ['id'], id: ['dQw4w9WgXcQ'] };
  return [
    async (apiKey) => ((await manager.getClient(apiKey)) as ReturnType<typeof youtube>).videos.list(params),
    (apiKey) => youtube({ version: 'v3', rootUrl, auth: apiKey, retry: false }).videos.list(params),
  ];
}

/** Collects all output for one recorded response. */
async function outputsOf(
  { provider, name }: RecordedResponse,
  locale: Locale,
  store: KeyStateStore | false = false,
): Promise<unknown[]> {
  const outputs: unknown[] = [];
  await using server = await startProviderServer({ otherwise: name });
  const line = (...parts: unknown[]) => void outputs.push(parts);
  const logger = { debug: line, info: line, warn: line, error: line };
  const manager = makeManager(provider as Provider, server, { logger, locale, logLevel: 'debug', store });
  await manager.ready();
  for (const event of events) manager.on(event, (payload) => outputs.push(payload));
  for (const call of calls(provider as Provider, server, manager)) {
    manager.reset();
    // Careless code can put a key into the name of an operation, and that name is stored.
    const operation = store ? { operation: `list?key=${manager.getAllKeys()[0]}` } : {};
    await manager.retryWithFallback(call, { maxRetries: 1, ...operation }).catch((error: unknown) => {
      if (AllKeysFailedError.isInstance(error)) outputs.push(error, ...error.errors, ...error.attempts);
    });
    outputs.push(manager.status(), manager);
    if (provider !== 'rapidapi') outputs.push(await manager.getClient(manager.getAllKeys()[0]));
  }
  await manager.close();
  return outputs;
}

const answered = recordedResponses.filter(({ transport }) => transport !== 'hang' && transport !== 'abort');

/** A response of each kind and provider, and all that repeat the key. */
const telling = answered.filter(
  ({ provider, expected: { kind }, mustRedact }, index) =>
    mustRedact || index === answered.findIndex((other) => other.provider === provider && other.expected.kind === kind),
);

/** Plays the most telling responses and returns everything that managers send to a store; `read` returns its content. */
async function storedBy(store: KeyStateStore, read: () => Promise<string[]>): Promise<string[]> {
  const texts: string[] = [];
  for (const response of telling) {
    await outputsOf(response, 'en', store);
    texts.push(...(await read()));
  }
  return texts;
}

async function valueOf(client: Redis, name: string): Promise<string> {
  const isHash = (await client.type(name)) === 'hash';
  return JSON.stringify(isHash ? await client.hgetall(name) : await client.get(name));
}

function expectNoKeyIn(texts: readonly string[]): void {
  expect(texts.filter((text) => runs.some((run) => text.includes(run)))).toEqual([]);
  // Make sure that the text is the state of these keys.
  const stored = texts.join('\n');
  for (const name of Object.keys(keys) as Provider[]) {
    const adapter = { name, displayName: name, env: name, classifyError: () => undefined };
    const { keys: listed } = new ApiKeyManager(adapter, keys[name], { logger: false, store: false }).status();
    for (const { keyId } of listed) expect(stored).toContain(keyId);
  }
  for (const text of ['invalid-key', 'quota-exhausted', 'rate-limited', 'list?key=']) expect(stored).toContain(text);
}

describe('no store holds twelve characters of a key in a row', { timeout: 60_000 }, () => {
  it('in the names and contents of the files of a FileStore', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'leak-'));
    const store = new FileStore(directory);
    const texts = await storedBy(store, async () => {
      const names = await readdir(directory);
      return [...names, ...(await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8'))))];
    });
    await store.close();
    await rm(directory, { recursive: true });
    expectNoKeyIn(texts);
  });

  it.runIf(canHaveRedis())('in any command to, or value in, a Redis server', async () => {
    await using server = await startRedis();
    const client = new Redis(server.url);
    const monitor = await client.monitor();
    const sent: string[] = [];
    monitor.on('monitor', (_time: string, args: string[]) => sent.push(...args));
    const store = new RedisStore(client);
    const kept = await storedBy(store, async () => {
      const names = await client.keys('akf:*');
      return [...names, ...(await Promise.all(names.map((name) => valueOf(client, name))))];
    });
    await store.close();
    monitor.disconnect();
    client.disconnect();
    expectNoKeyIn(kept);
    expectNoKeyIn(sent);
  });
});

const cases: readonly (readonly [Locale, RecordedResponse])[] = [
  ...answered.map((response) => ['en', response] as const),
  ...telling.map((response) => ['pt-BR', response] as const),
];

describe('no output shows twelve characters of a key in a row', () => {
  it.each(cases.map(([locale, response]) => [response.provider, response.name, locale, response] as const))(
    'when %s answers %s (%s)',
    async (_provider, _name, locale, response) => {
      const texts = (await outputsOf(response, locale)).flatMap(renderings);
      const shown = texts.filter((text) => runs.some((run) => text.includes(run)));
      expect(shown).toEqual([]);
      expect(texts.join('\n')).toMatch(/\b1\/2\b/);
    },
  );
});

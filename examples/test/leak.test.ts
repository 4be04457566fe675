import { inspect } from 'node:util';
import {
  AllKeysFailedError,
  type ApiKeyManager,
  type KeyManagerEventName,
  type KeyManagerOptions,
  type Locale,
} from '@api-key-fallback/core';
import { RapidApiKeyManager, rapidApiFetch } from '@api-key-fallback/rapidapi';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import {
  recordedResponses,
  startProviderServer,
  type ProviderServer,
  type RecordedResponse,
} from '@api-key-fallback/testing';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';
import { youtube } from '@googleapis/youtube';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';

const shortestRun = 12;
const keys = {
  openai: ['sk-proj-Recognisable0123456789First', 'sk-proj-Recognisable0123456789Second'],
  rapidapi: ['Recognisable0123456789RapidApiKeyFirst', 'Recognisable0123456789RapidApiKeyOther'],
  youtube: ['AIzaSyRecognisable0123456789-First', 'AIzaSyRecognisable0123456789-Other'],
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
  return provider === 'openai'
    ? new OpenAIKeyManager([...keys.openai], { ...options, clientOptions: { baseURL: server.openaiBaseURL } })
    : new YouTubeKeyManager([...keys.youtube], { ...options, clientOptions: { rootUrl: server.youtubeRootUrl } });
}

/** What careful and careless methods do with a key. */
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

/** Everything that one recorded answer makes us put out. */
async function outputsOf({ provider, name }: RecordedResponse, locale: Locale): Promise<unknown[]> {
  const outputs: unknown[] = [];
  await using server = await startProviderServer({ otherwise: name });
  const line = (text: string) => void outputs.push(text);
  const logger = { debug: line, info: line, warn: line, error: line };
  const manager = makeManager(provider as Provider, server, { logger, locale, logLevel: 'debug' });
  for (const event of events) manager.on(event, (told) => outputs.push(told));
  for (const call of calls(provider as Provider, server, manager)) {
    manager.reset();
    await manager.retryWithFallback(call, { maxRetries: 1 }).catch((error: unknown) => {
      if (AllKeysFailedError.isInstance(error)) outputs.push(error, ...error.errors, ...error.attempts);
    });
    outputs.push(manager.status(), manager);
    if (provider !== 'rapidapi') outputs.push(await manager.getClient(manager.getAllKeys()[0]));
  }
  return outputs;
}

describe.each<Locale>(['en', 'pt-BR'])('no output shows twelve characters of a key in a row (%s)', (locale) => {
  const answered = recordedResponses.filter(({ transport }) => transport !== 'hang' && transport !== 'abort');
  it.each(answered.map((response) => [response.provider, response.name, response] as const))(
    'when %s answers %s',
    async (_provider, _name, response) => {
      const texts = (await outputsOf(response, locale)).flatMap(renderings);
      const shown = texts.filter((text) => runs.some((run) => text.includes(run)));
      expect(shown).toEqual([]);
      expect(texts.join('\n')).toMatch(/\b1\/2\b/);
    },
  );
});

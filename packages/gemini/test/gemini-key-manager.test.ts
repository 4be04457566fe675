import {
  firstChunk,
  injectKeys,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
} from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type { GenerateContentResponse } from '@google/genai';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { useWorkingDirectory } from '../../../test-support/working-directory.ts';
import { GeminiKeyManager } from '../src/index.ts';

const keys = [1, 2, 3, 4].map((number) => `AIzaSyTestKeyNumber${number}0123456789abcdefghi`);
const model = 'gemini-3.6-flash';
const [project, otherProject] = ['projects/123456789012', 'projects/210987654321'];

const directory = useWorkingDirectory();
let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(() => server.close());

function script(...scripts: readonly (readonly ProviderStep[])[]): string[] {
  for (const [index, steps] of scripts.entries()) server.script(keys[index] ?? '', steps);
  return keys.slice(0, scripts.length);
}

function manage(list: ConstructorParameters<typeof GeminiKeyManager>[0]): GeminiKeyManager {
  const clientOptions = { httpOptions: { baseUrl: server.url } };
  const manager = new GeminiKeyManager(list, { clientOptions, logger: false });
  registry.unregister(manager.provider);
  registry.register(manager);
  return manager;
}

function requestCounts(): number[] {
  return keys.map((key) => server.requestCount(key));
}

class ChatService {
  @retryWithApiKeyFallback({ provider: 'gemini', maxRetries: 3, delay: 0, inject: 'client', operation: model })
  async chat(client: ApiClient<'gemini'>, contents: string): Promise<string | undefined> {
    return (await client.models.generateContent({ model, contents })).text;
  }

  @retryWithApiKeyFallback({
    provider: 'gemini',
    maxRetries: 3,
    delay: 0,
    inject: 'client',
    operation: 'gemini-2.5-pro',
  })
  async think(client: ApiClient<'gemini'>, contents: string): Promise<string | undefined> {
    return (await client.models.generateContent({ model: 'gemini-2.5-pro', contents })).text;
  }

  @retryWithApiKeyFallback({ provider: 'gemini', maxRetries: 3, delay: 0, inject: 'client' })
  async stream(client: ApiClient<'gemini'>, contents: string): Promise<AsyncGenerator<GenerateContentResponse>> {
    return firstChunk(await client.models.generateContentStream({ model, contents }));
  }
}

const service = injectKeys(new ChatService());

it.each(['baseURL', 'baseUrl', 'root_url'])('the address of a server is not lost when it is written as %s', (name) => {
  const clientOptions = { [name]: 'http://127.0.0.1:9' };
  const message = `Unknown option "clientOptions.${name}". Write clientOptions: { httpOptions: { baseUrl } }.`;
  expect(() => new GeminiKeyManager(keys, { clientOptions, logger: false } as never)).toThrow(message);
});

describe('the default key manager', () => {
  it('is registered by the import, even without keys', () => {
    expect(registry.isKnown('gemini')).toBe(true);
    expect(registry.list()).toContain('gemini');
  });

  it('names the variables it read when no key is set', () => {
    expect(() => registry.get('gemini')).toThrow(NoApiKeysError);
    expect(() => registry.get('gemini')).toThrow(/GEMINI_API_KEY\b/);
  });

  it('is created once, from the environment, on first use', async () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'silent');
    vi.stubEnv('GOOGLE_API_KEY', 'AIzaSyOfTheEnvironment0123456789');
    await directory.writeEnv([`GEMINI_API_KEY=${keys[0]}`, `GEMINI_API_KEY_2=${keys[1]}`]);
    const manager = registry.get('gemini');
    expectTypeOf(manager).toEqualTypeOf<GeminiKeyManager>();
    expect(manager).toBeInstanceOf(GeminiKeyManager);
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(registry.get('gemini')).toBe(manager);
  });

  it('is replaced by an explicitly registered one', () => {
    const manager = manage(keys);
    expect(registry.get('gemini')).toBe(manager);
  });
});

it('GeminiKeyManager.fromEnv labels each key with its variable name', async () => {
  vi.stubEnv('GEMINI_API_KEY_9', keys[1]);
  await directory.writeEnv([`GEMINI_API_KEY=${keys[0]}`]);
  const manager = GeminiKeyManager.fromEnv({ directory: directory.path, logger: false });
  expect(manager.status().keys.map(({ label }) => label)).toEqual(['GEMINI_API_KEY', 'GEMINI_API_KEY_9']);
});

describe('a decorated method with the real client', () => {
  it('receives a client bound to the active key', async () => {
    manage(script(['quota-exhausted'], ['invalid-key'], ['gemini_service_disabled'], ['ok']));
    await expect(service.chat('Hello')).resolves.toBe('You said: Hello');
    expect(requestCounts()).toEqual([1, 1, 1, 1]);
  });

  it('makes keys × maxRetries requests in an outage, and never more', async () => {
    manage(script(['unavailable'], ['reset'], ['server-error'], [{ status: 502 }]));
    await expect(service.chat('Hello')).rejects.toMatchObject({ name: 'AllKeysFailedError', reason: 'unavailable' });
    expect(requestCounts()).toEqual([3, 3, 3, 3]);
  });

  it.each(['gemini_model_denied', 'gemini_model_not_found', 'gemini_location_unsupported'] as const)(
    'rejects after one request for %s and leaves every key healthy',
    async (step) => {
      const manager = manage(script([step], ['ok']));
      await expect(service.chat('Hello')).rejects.toMatchObject({ name: 'ApiError' });
      expect(server.requestCount()).toBe(1);
      expect(manager.getFailedKeys()).toEqual([]);
    },
  );

  it('falls over when a stream fails before its first chunk', async () => {
    const failure = `data: ${JSON.stringify({ error: { code: 503, status: 'UNAVAILABLE', message: 'Sorry' } })}\r\n\r\n`;
    manage(script([{ chunks: [failure] }], ['ok']));
    const texts: (string | undefined)[] = [];
    for await (const { text } of await service.stream('Hello')) texts.push(text);
    expect(texts.join('')).toBe('You said: Hello');
    expect(requestCounts().slice(0, 2)).toEqual([3, 1]);
  });
});

describe('keys of one project', () => {
  const list = () => [
    { key: keys[0] ?? '', group: project },
    { key: keys[1] ?? '', group: project },
    { key: keys[2] ?? '', group: otherProject },
  ];

  it('share an exhausted quota, which leaves other models available', async () => {
    script(['quota-exhausted', 'ok'], ['ok'], ['ok']);
    manage(list());
    await expect(service.chat('Hello')).resolves.toBe('You said: Hello');
    expect(requestCounts()).toEqual([1, 0, 1, 0]);
    await service.think('Hello');
    expect(requestCounts()).toEqual([2, 0, 1, 0]);
  });

  it('share a suspension, but not a leak', async () => {
    script(['gemini_consumer_suspended'], ['ok'], ['gemini_key_leaked']);
    const manager = manage(list());
    await expect(service.chat('Hello')).rejects.toMatchObject({ name: 'AllKeysFailedError' });
    expect(requestCounts()).toEqual([1, 0, 1, 0]);
    expect(manager.getFailedKeys()).toEqual(keys.slice(0, 3));
  });

  it('are known from a response that names the project', async () => {
    script(['gemini_service_disabled'], ['ok']);
    const manager = manage([keys[0] ?? '', { key: keys[1] ?? '', group: otherProject }]);
    await service.chat('Hello');
    expect(manager.status().keys.map(({ group }) => group)).toEqual([project, otherProject]);
  });
});

it('a failed call shows no key', async () => {
  manage(script(['gemini_consumer_suspended']));
  const error: unknown = await service.chat('Hello').catch((thrown: unknown) => thrown);
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain(keys[0]);
});

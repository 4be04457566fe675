import {
  injectKeys,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
  type Logger,
} from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { useWorkingDirectory } from '../../../test-support/working-directory.ts';
import { OpenAIKeyManager } from '../src/index.ts';

const keys = [1, 2, 3, 4].map((number) => `sk-test-key-number-${number}-0123456789`);

const directory = useWorkingDirectory();
let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(() => server.close());

function play(...scripts: readonly (readonly ProviderStep[])[]): OpenAIKeyManager {
  for (const [index, script] of scripts.entries()) server.script(keys[index] ?? '', script);
  const clientOptions = { baseURL: server.openaiBaseURL };
  return new OpenAIKeyManager(keys.slice(0, scripts.length), { clientOptions, logger: false });
}

class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 0, inject: 'client' })
  async chat(client: ApiClient<'openai'>, prompt: string): Promise<string | null | undefined> {
    const completion = await client.chat.completions.create({
      model: 'gpt-5.6',
      messages: [{ role: 'user', content: prompt }],
    });
    return completion.choices[0]?.message.content;
  }

  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 0 })
  async chatWithKey(apiKey: ApiKey<'openai'>, baseURL: string): Promise<void> {
    const client = new OpenAI({ apiKey, baseURL, maxRetries: 0 });
    await client.models.list();
  }
}

describe('the address of a server', () => {
  it.each(['baseUrl', 'base_url', 'BASE_URL'])('is not lost when it is written as %s', (name) => {
    const clientOptions = { [name]: 'http://127.0.0.1:9' };
    const message = `Unknown option "clientOptions.${name}". Write clientOptions: { baseURL }.`;
    expect(() => new OpenAIKeyManager([keys[0] ?? ''], { clientOptions, logger: false })).toThrow(message);
    expect(() => new OpenAIKeyManager([keys[0] ?? ''], { clientOptions: null, logger: false } as never)).toThrow(
      'it is null.',
    );
  });
});

describe('the default key manager', () => {
  it('is registered by the import, even without keys', () => {
    expect(registry.isKnown('openai')).toBe(true);
    expect(registry.list()).toContain('openai');
  });

  it('names the variables it read when no key is set', () => {
    expect(() => registry.get('openai')).toThrow(NoApiKeysError);
    expect(() => registry.get('openai')).toThrow(/OPENAI_API_KEY\b/);
  });

  it('is created once, from the environment, on first use', async () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'silent');
    await directory.writeEnv([`OPENAI_API_KEY=${keys[0]}`, `OPENAI_API_KEY_7=${keys[1]}`]);
    const manager = registry.get('openai');
    expectTypeOf(manager).toEqualTypeOf<OpenAIKeyManager>();
    expect(manager).toBeInstanceOf(OpenAIKeyManager);
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(registry.get('openai')).toBe(manager);
  });

  it('is replaced by an explicitly registered one', () => {
    const manager = new OpenAIKeyManager(keys, { logger: false });
    registry.register(manager);
    expect(registry.get('openai')).toBe(manager);
  });
});

describe('OpenAIKeyManager.fromEnv', () => {
  it('labels each key with its variable name', async () => {
    vi.stubEnv('OPENAI_API_KEY_3', keys[2]);
    await directory.writeEnv([`OPENAI_API_KEY=${keys[0]}`, `OPENAI_API_KEYS="${keys[1]}, ${keys[3]}"`]);
    const manager = OpenAIKeyManager.fromEnv({ logger: false });
    expect(manager.getAllKeys()).toEqual([keys[0], keys[2], keys[1], keys[3]]);
    expect(manager.status().keys.map(({ label }) => label)).toEqual([
      'OPENAI_API_KEY',
      'OPENAI_API_KEY_3',
      'OPENAI_API_KEYS[1]',
      'OPENAI_API_KEYS[2]',
    ]);
  });

  it('accepts the options of the manager and of the loader', async () => {
    await directory.writeEnv(['OPENAI_API_KEY=sk-short', `OPENAI_API_KEY_2=${keys[1]}`]);
    const { path: envDirectory } = directory;
    vi.restoreAllMocks();
    const warn = vi.fn<Logger['warn']>();
    const silent = (): void => {};
    const logger: Logger = { debug: silent, info: silent, warn, error: silent };
    const manager = OpenAIKeyManager.fromEnv({ directory: envDirectory, logger, clientOptions: { timeout: 1000 } });
    expect(manager.getAllKeys()).toHaveLength(2);
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      'OpenAI: OPENAI_API_KEY does not look like a key of OpenAI',
    ]);
  });
});

describe('a decorated method with the real client', () => {
  const service = injectKeys(new ChatService());

  it('receives a client bound to the active key', async () => {
    registry.unregister('openai');
    registry.register(play(['rate-limited'], ['invalid-key'], ['quota-exhausted'], ['ok']));
    await expect(service.chat('Hello')).resolves.toBe('You said: Hello');
    expect(keys.map((key) => server.requestCount(key))).toEqual([3, 1, 1, 1]);
    await expect(service.chat('Again')).resolves.toBe('You said: Again');
    expect(keys.map((key) => server.requestCount(key))).toEqual([3, 1, 1, 2]);
  });

  it('makes keys × maxRetries requests in an outage, and never more', async () => {
    const manager = play(['server-error'], [{ status: 502 }], ['reset'], ['server_error_500']);
    registry.unregister(manager.provider);
    registry.register(manager);
    await expect(service.chat('Hello')).rejects.toMatchObject({ name: 'AllKeysFailedError', reason: 'unavailable' });
    expect(server.requestCount()).toBe(12);
    expect(keys.map((key) => server.requestCount(key))).toEqual([3, 3, 3, 3]);
  });

  it('makes the same number of requests with inject: key and its own client', async () => {
    registry.unregister('openai');
    registry.register(play(['server-error'], ['server-error'], ['server-error'], ['server-error']));
    await expect(service.chatWithKey(server.openaiBaseURL)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(server.requestCount()).toBe(12);
  });

  it('rejects after one request for a caller error and leaves every key healthy', async () => {
    const manager = play(['invalid_prompt_policy'], ['ok']);
    registry.unregister(manager.provider);
    registry.register(manager);
    await expect(service.chat('Hello')).rejects.toMatchObject({ status: 400, code: 'invalid_prompt' });
    expect(server.requestCount()).toBe(1);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});

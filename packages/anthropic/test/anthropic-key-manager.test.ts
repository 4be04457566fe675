import type { Anthropic } from '@anthropic-ai/sdk';
import {
  AllKeysFailedError,
  injectKeys,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
} from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { useWorkingDirectory } from '../../../test-support/working-directory.ts';
import { AnthropicKeyManager } from '../src/index.ts';
import { answer, question } from './provoke-anthropic-error.ts';

const keys = [1, 2, 3, 4].map((number) => `sk-ant-test-key-number-${number}-0123456789`);
const organization = '9d50ef40-6cc8-4ca6-9d35-1dc9cf26235c';

const directory = useWorkingDirectory();
let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(() => server.close());

function play(...scripts: readonly (readonly ProviderStep[])[]): AnthropicKeyManager {
  for (const [index, script] of scripts.entries()) server.script(keys[index] ?? '', script);
  const clientOptions = { baseURL: server.url };
  const manager = new AnthropicKeyManager(keys.slice(0, scripts.length), { clientOptions, logger: false });
  registry.unregister(manager.provider);
  registry.register(manager);
  return manager;
}

function requestCounts(): number[] {
  return keys.map((key) => server.requestCount(key));
}

class ClaudeService {
  @retryWithApiKeyFallback({ provider: 'anthropic', maxRetries: 3, delay: 0, inject: 'client' })
  async ask(client: ApiClient<'anthropic'>, content: string): Promise<string> {
    const message: Anthropic.Message = await client.messages.create({
      ...question,
      messages: [{ role: 'user', content }],
    });
    return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  }
}

const service = injectKeys(new ClaudeService());

describe('the address of a server', () => {
  it.each(['baseUrl', 'base_url', 'BASE_URL'])('is not lost when it is written as %s', (name) => {
    const clientOptions = { [name]: 'http://127.0.0.1:9' };
    const message = `Unknown option "clientOptions.${name}". Write clientOptions: { baseURL }.`;
    expect(() => new AnthropicKeyManager([keys[0] ?? ''], { clientOptions, logger: false })).toThrow(message);
    expect(() => new AnthropicKeyManager([keys[0] ?? ''], { clientOptions: null, logger: false } as never)).toThrow(
      'it is null.',
    );
  });
});

describe('the default key manager', () => {
  it('is registered by the import, even without keys', () => {
    expect(registry.list()).toContain('anthropic');
    expect(() => registry.get('anthropic')).toThrow(NoApiKeysError);
    expect(() => registry.get('anthropic')).toThrow(/ANTHROPIC_API_KEY\b/);
  });

  it('is created once, from the environment, on first use', async () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'silent');
    await directory.writeEnv([`ANTHROPIC_API_KEY=${keys[0]}`, `ANTHROPIC_API_KEY_7=${keys[1]}`]);
    const manager = registry.get('anthropic');
    expectTypeOf(manager).toEqualTypeOf<AnthropicKeyManager>();
    expect(manager).toBeInstanceOf(AnthropicKeyManager);
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(registry.get('anthropic')).toBe(manager);
  });
});

describe('a decorated method with the real client', () => {
  it('receives a client bound to the active key', async () => {
    const limited = answer(429, { type: 'rate_limit_error', message: 'Rate limited' }, { 'retry-after': '60' });
    const manager = play([limited], ['invalid-key'], ['quota-exhausted'], ['ok']);
    await expect(service.ask('Olá')).resolves.toBe('You said: Olá');
    expect(requestCounts()).toEqual([1, 1, 1, 1]);
    await expect(service.ask('Olá de novo')).resolves.toBe('You said: Olá de novo');
    expect(requestCounts()).toEqual([1, 1, 1, 2]);
    expect(manager.status().keys.map(({ state, reason }) => [state, reason])).toEqual([
      ['cooling', 'rate-limited'],
      ['disabled', 'invalid-key'],
      ['cooling', 'quota-exhausted'],
      ['healthy', undefined],
    ]);
  });

  it('makes keys × maxRetries requests in an outage, and never more', async () => {
    play(['server-error'], ['unavailable'], ['reset'], [{ status: 502 }]);
    await expect(service.ask('Olá')).rejects.toMatchObject({ name: 'AllKeysFailedError', reason: 'unavailable' });
    expect(requestCounts()).toEqual([3, 3, 3, 3]);
  });

  it('rejects after one request for a caller error and leaves every key healthy', async () => {
    const manager = play(['prompt_too_long'], ['ok']);
    await expect(service.ask('Olá')).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(server.requestCount()).toBe(1);
    expect(manager.getFailedKeys()).toEqual([]);
  });

  it('shows no key in its errors, even when a response does', async () => {
    const manager = play([answer(401, { type: 'authentication_error', message: 'invalid x-api-key {{KEY}}' })]);
    const error = await service.ask('Olá').catch((thrown: unknown) => thrown);
    expect(AllKeysFailedError.isInstance(error)).toBe(true);
    for (const text of [String(error), inspect(error, { depth: 9 }), JSON.stringify(error), inspect(manager)])
      expect(text).not.toContain(keys[0]);
  });
});

describe('keys of one organisation', () => {
  const headers = { 'anthropic-organization-id': organization };
  const lowBalance = answer(
    400,
    { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
    headers,
  );
  const ok = { status: 200, headers, body: { type: 'message', content: [{ type: 'text', text: 'Olá!' }] } };

  it('are skipped together when its credit is spent', async () => {
    const manager = play([lowBalance], [ok], ['ok']);
    // The organisation of a key is learned from its responses.
    await (await manager.getClient(keys[1] ?? '')).messages.create(question);
    await expect(service.ask('Olá')).resolves.toBe('You said: Olá');
    expect(requestCounts()).toEqual([1, 1, 1, 0]);
    expect(manager.status().keys.map(({ group, state }) => [group, state])).toEqual([
      [organization, 'cooling'],
      [organization, 'cooling'],
      [undefined, 'healthy'],
    ]);
  });

  it('are disabled together when it has been disabled', async () => {
    const disabled = answer(
      400,
      { type: 'invalid_request_error', message: 'This organization has been disabled.' },
      headers,
    );
    for (const [index, script] of [[disabled], ['ok'], ['ok']].entries())
      server.script(keys[index] ?? '', script as []);
    const group = organization;
    const manager = new AnthropicKeyManager(
      [{ key: keys[0] ?? '', group }, { key: keys[1] ?? '', group }, keys[2] ?? ''],
      { clientOptions: { baseURL: server.url }, logger: false },
    );
    registry.unregister(manager.provider);
    registry.register(manager);
    await expect(service.ask('Olá')).resolves.toBe('You said: Olá');
    expect(requestCounts()).toEqual([1, 0, 1, 0]);
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['disabled', 'disabled', 'healthy']);
  });
});

describe('the limits in the headers', () => {
  it('make other keys preferred while one is used up', async () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '5',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + 60_000).toISOString(),
    };
    const usedUp = { status: 200, headers, body: { type: 'message', content: [] } };
    play([usedUp], ['ok']);
    await service.ask('Olá');
    await service.ask('Olá');
    expect(requestCounts()).toEqual([1, 1, 0, 0]);
  });
});

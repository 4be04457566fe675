import type { ClientOptions } from '@anthropic-ai/sdk';
import { startProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateModule } from '../../../test-support/evaluate-module.ts';
import { anthropicAdapter } from '../src/index.ts';
import { key, makeClient, now, question } from './provoke-anthropic-error.ts';

/** Returns the request headers of one call. */
async function sentHeaders(options: ClientOptions = {}): Promise<Headers> {
  await using server = await startProviderServer({ otherwise: 'ok' });
  const sent: Headers[] = [];
  const fetchAndRecord: typeof fetch = (input, init) => {
    sent.push(new Headers(init?.headers));
    return fetch(input, init);
  };
  const client = await makeClient({ ...options, baseURL: server.url, fetch: fetchAndRecord });
  await client.models.list();
  expect(sent).toHaveLength(1);
  return sent[0] ?? new Headers();
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a client', () => {
  it('sends its key and uses the given options', async () => {
    const headers = await sentHeaders({ defaultHeaders: { 'x-service': 'chat' } });
    expect(headers.get('authorization')).toBe(`Bearer ${key}`);
    expect(headers.has('x-api-key')).toBe(false);
    expect(headers.get('x-service')).toBe('chat');
  });

  it('ignores other credentials and `maxRetries` in the options', async () => {
    const client = await makeClient({ apiKey: 'sk-ant-another-0123456789', maxRetries: 5 });
    expect(client.apiKey).toBe(key);
    expect(client.maxRetries).toBe(0);
    for (const other of [{ authToken: 'sk-ant-oat-0123456789' }, { profile: 'work' }]) {
      expect((await sentHeaders(other)).get('authorization')).toBe(`Bearer ${key}`);
    }
  });

  it.each(['rate-limited', 'server-error', 'unavailable', 'reset'] as const)(
    'sends one request when the response is %s',
    async (step) => {
      await using server = await startProviderServer({ otherwise: step });
      const client = await makeClient({ baseURL: server.url, maxRetries: 5 });
      await expect(client.messages.create(question)).rejects.toBeInstanceOf(Error);
      expect(server.requestCount()).toBe(1);
    },
  );

  it('hands every response to core', async () => {
    await using server = await startProviderServer({ keys: { [key]: ['ok', 'rate-limited'] } });
    const seen: unknown[] = [];
    const client = await anthropicAdapter.createClient?.(key, { baseURL: server.url }, (response) => {
      seen.push((response as Response).status);
      return response;
    });
    await client?.messages.create(question);
    await client?.messages.create(question).catch(() => {});
    expect(seen).toEqual([200, 429]);
  });
});

describe('the environment', () => {
  beforeEach(() => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-env-0123456789abcdefghij');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'sk-ant-oat-env-0123456789abcdef');
    vi.stubEnv('ANTHROPIC_PROFILE', 'no-such-profile');
  });

  it('is not a source of credentials', async () => {
    const headers = await sentHeaders();
    expect(headers.get('authorization')).toBe(`Bearer ${key}`);
    expect([...headers.values()].join()).not.toMatch(/env/);
  });
});

describe('authorize', () => {
  it('sends the key as a bearer token and removes the older header', () => {
    const request = new Request('https://api.anthropic.com/v1/messages', { headers: { 'x-api-key': 'unused' } });
    const authorized = anthropicAdapter.authorize?.(request, key);
    expect(authorized?.headers.get('authorization')).toBe(`Bearer ${key}`);
    expect(authorized?.headers.has('x-api-key')).toBe(false);
  });
});

describe('the limits of a response', () => {
  const headers = {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-07-01T12:00:01Z',
    'anthropic-ratelimit-input-tokens-limit': '30000',
    'anthropic-ratelimit-input-tokens-remaining': '0',
    'anthropic-ratelimit-input-tokens-reset': '2026-07-01T12:01:00Z',
  };

  it('are read with their resets', () => {
    for (const given of [headers, new Headers(headers)]) {
      const limits = anthropicAdapter.readLimits?.(given, { now }) ?? [];
      expect(limits).toHaveLength(2);
      expect(limits.find(({ name }) => name === 'requests')).toMatchObject({
        limit: 50,
        remaining: 49,
        resetsAtMs: now + 1000,
      });
      expect(limits.find(({ name }) => name === 'input-tokens')).toMatchObject({
        limit: 30_000,
        remaining: 0,
        resetsAtMs: now + 60_000,
      });
    }
  });
});

describe('the group of a key', () => {
  const groupOf = (id: string) =>
    anthropicAdapter.groupOf?.(new Response('{}', { headers: { 'anthropic-organization-id': id } }));

  it('is the organisation of a response', () => {
    const id = '9d50ef40-6cc8-4ca6-9d35-1dc9cf26235c';
    expect(groupOf(id)).toBe(id);
    expect(anthropicAdapter.groupOf?.({ headers: { 'Anthropic-Organization-Id': id } })).toBe(id);
  });

  it('is unknown without an id, or when the id looks different', () => {
    for (const id of ['', key, 'organisation 1']) expect(groupOf(id)).toBeUndefined();
    expect(anthropicAdapter.groupOf?.(undefined)).toBeUndefined();
  });
});

it('has the names, variable and key pattern of Anthropic', () => {
  expect(anthropicAdapter).toMatchObject({ name: 'anthropic', displayName: 'Anthropic', env: 'ANTHROPIC_API_KEY' });
  expect(anthropicAdapter.keyPattern?.test(key)).toBe(true);
  expect(anthropicAdapter.keyPattern?.test('sk-proj-0123456789')).toBe(false);
});

it('loads the SDK with the first client, not on import', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({
      load(url, context, next) {
        if (/node_modules\\/@anthropic-ai\\//.test(url)) loaded++;
        return next(url, context);
      },
    });
    const { anthropicAdapter, AnthropicKeyManager } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url))});
    new AnthropicKeyManager(['${key}'], { logger: false });
    const afterImport = loaded;
    await anthropicAdapter.createClient('${key}');
    process.stdout.write(JSON.stringify({ afterImport, afterClient: loaded > 0 }));
  `;
  expect(await evaluateModule(script, import.meta.dirname)).toEqual({ afterImport: 0, afterClient: true });
}, 20_000);

import { customProvider, InvalidOptionsError, registry } from '@api-key-fallback/core';
import { readFailure } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { openAICompatible } from '../../src/index.ts';
import { presets } from '../../src/presets.ts';

const keys = ['key-of-a-provider-1'] as const;

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer({ otherwise: 'ok' });
});

afterEach(() => server.close());

describe('a known server', () => {
  it('brings its name, address, variable and windows of limits', () => {
    const known = openAICompatible('groq');
    expectTypeOf(known.name).toExtend<'groq'>();
    expect(known).toMatchObject({
      name: 'groq',
      displayName: 'Groq',
      env: 'GROQ_API_KEY',
      baseURL: 'https://api.groq.com/openai/v1',
    });
    const headers = { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-limit-requests': '14400' };
    expect(known.readLimits?.(headers, { now: 0 })).toMatchObject([{ name: 'requests', window: 'day' }]);
  });

  it("disables a key for Google's reasons", () => {
    for (const reason of ['API_KEY_SUSPENDED', 'GCP_SUSPENDED']) {
      const error = { code: 403, message: 'Permission denied.', status: 'PERMISSION_DENIED', details: [{ reason }] };
      const verdict = openAICompatible('gemini').classifyError({ status: 403, body: [{ error }] }, { now: 0 });
      expect(verdict).toMatchObject({ kind: 'invalid-key', reason });
    }
  });

  it('can differ in address, names, rules and limits', async () => {
    const limit = { name: 'mine', remaining: 1 };
    const own = openAICompatible('groq', {
      baseURL: server.openaiBaseURL,
      displayName: 'Groq in Europe',
      env: 'GROQ_EU_API_KEY',
      classifyError: (error) =>
        readFailure(error).status === 418 ? { kind: 'transient', reason: 'teapot' } : undefined,
      readLimits: () => [limit],
    });
    expect(own).toMatchObject({ displayName: 'Groq in Europe', env: 'GROQ_EU_API_KEY' });
    expect(own.classifyError({ status: 418 }, { now: 0 })).toEqual({ kind: 'transient', reason: 'teapot' });
    const restricted = { status: 400, body: { error: { code: 'organization_restricted' } } };
    expect(own.classifyError(restricted, { now: 0 })).toMatchObject({ kind: 'invalid-key' });
    expect(own.readLimits?.({}, { now: 0 })).toEqual([limit]);
    await own
      .createKeyManager({ keys: [keys[0]], logger: false })
      .retryWithFallback((client) => client.models.list(), { inject: 'client' });
    expect(server.requestCount(keys[0])).toBe(1);
  });

  it('can have another name, for two servers of one kind', () => {
    const address = (region: string) => `https://${region}.openai.azure.com/openai/v1`;
    const east = openAICompatible('azure-openai', { name: 'azure-east', baseURL: address('east') });
    const west = openAICompatible('azure-openai', { name: 'azure-west', baseURL: address('west') });
    expectTypeOf(east.name).toExtend<'azure-east'>();
    expect([east, west].map(({ name, displayName }) => `${name}: ${displayName}`)).toEqual([
      'azure-east: Azure OpenAI',
      'azure-west: Azure OpenAI',
    ]);
    expect(east.createKeyManager({ keys, logger: false }).provider).toBe('azure-east');
  });

  it('gets its key in every header that it reads', async () => {
    const azure = openAICompatible('azure-openai', { baseURL: server.openaiBaseURL });
    const authorized = azure.authorize?.(
      new Request('http://localhost', { headers: { 'api-key': 'unused' } }),
      keys[0],
    );
    expect(authorized?.headers.get('api-key')).toBe(keys[0]);
    expect(authorized?.headers.get('authorization')).toBe(`Bearer ${keys[0]}`);
    const sent: Headers[] = [];
    const fetch: typeof globalThis.fetch = async (_input, init) => {
      sent.push(new Headers(init?.headers));
      return Response.json({ data: [] });
    };
    const client = await azure.createClient?.(keys[0], { fetch });
    await client?.models.list();
    expect(sent.map((headers) => headers.get('api-key'))).toEqual([keys[0]]);
    expect(() => openAICompatible('azure-openai')).toThrow(/"baseURL"/);
  });

  it.each(Object.keys(presets).filter((name) => name !== 'gemini'))(
    '%s is known to the error of an unknown provider',
    (name) => {
      expect(() => registry.get(customProvider(name))).toThrow(`openAICompatible('${name}').createKeyManager()`);
    },
  );

  it('must be known', () => {
    // @ts-expect-error: not the name of a preset
    expect(() => openAICompatible('grok')).toThrow(/unknown server\. Use one of .*groq.*pass \{ name, baseURL, env \}/);
    // @ts-expect-error: not the name of a preset
    expect(() => openAICompatible('constructor')).toThrow(InvalidOptionsError);
    const long = 'x'.repeat(10_000_000);
    // @ts-expect-error: not the name of a preset
    expect(() => openAICompatible(long)).toThrow(/^openAICompatible\("…"\): unknown server\..{1,900}$/);
    expect(() => openAICompatible('groq', { [long]: 1 })).toThrow(/^Unknown option "x+…"\..{1,200}$/);
  });
});

describe('an unknown server', () => {
  const acme = openAICompatible({ name: 'acme', baseURL: 'http://127.0.0.1:1/v1', env: 'ACME_API_KEY' });

  it.each<[string, number, object]>([
    ['lacks a permission', 403, { message: 'Authorization failed' }],
    ['is too large', 413, { message: 'The prompt is too long.', code: 'rate_limit_exceeded', type: 'tokens' }],
    ['quotes the text of a dead key', 400, { message: 'Bad prompt: "Incorrect API key provided: x"' }],
    ['quotes the text of spent credits', 400, { message: 'Bad prompt: "Cloud credits expired"' }],
  ])('is judged by no rule of another one when the request %s', (_what, status, error) => {
    const verdict = acme.classifyError({ status, body: { error } }, { now: 0 });
    expect(verdict).toMatchObject({ kind: 'caller-error' });
  });
});

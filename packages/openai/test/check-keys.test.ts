import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type { ClientOptions } from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkRequestOf } from '../../../test-support/check-request-of.ts';
import { openAICompatible, OpenAIKeyManager } from '../src/index.ts';

const keys = [1, 2].map((number) => `sk-test-key-number-${number}-0123456789`);

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

function play(...steps: readonly ProviderStep[]): OpenAIKeyManager {
  for (const [index, step] of steps.entries()) server.script(keys[index] ?? '', [step]);
  const clientOptions = { baseURL: server.openaiBaseURL };
  return new OpenAIKeyManager(keys.slice(0, steps.length), { clientOptions, logger: false });
}

const restricted: ProviderStep = {
  status: 401,
  body: { error: { message: 'You have insufficient permissions for this operation. Missing scopes: api.model.read.' } },
};

describe('checkKeys of an OpenAIKeyManager', () => {
  it('lists the models with each key', async () => {
    const checks = await play('ok', 'invalid-key').checkKeys();
    expect(checks).toMatchObject([
      { masked: 'sk-…6789', outcome: 'working', state: 'healthy' },
      { masked: 'sk-…6789', outcome: 'refused', verdict: 'invalid-key', reason: 'invalid_api_key', state: 'disabled' },
    ]);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/models',
      'GET /v1/models',
    ]);
    expect(JSON.stringify(checks)).not.toMatch(/test-key-number/);
  });

  it.each<[ProviderStep, object]>([
    [restricted, { outcome: 'working', reason: 'missing_scopes', state: 'healthy' }],
    ['quota-exhausted', { outcome: 'refused', verdict: 'quota-exhausted', state: 'cooling' }],
    ['rate-limited', { outcome: 'refused', verdict: 'rate-limited', state: 'cooling' }],
    ['server-error', { outcome: 'inconclusive', state: 'healthy' }],
    ['reset', { outcome: 'inconclusive', reason: 'network', state: 'healthy' }],
    ['hang', { outcome: 'inconclusive', reason: 'timeout', state: 'healthy' }],
  ])('reports %j', async (step, check) => {
    const timeout = step === 'hang' ? 50 : 5000;
    expect(await play(step).checkKeys({ timeout })).toMatchObject([check]);
  });

  it('returns what is left of the limits', async () => {
    const headers = { 'x-ratelimit-remaining-requests': '7', 'x-ratelimit-limit-requests': '10' };
    const [check] = await play({ status: 200, headers }).checkKeys();
    expect(check?.rateLimits).toEqual([{ name: 'requests', remaining: 7, limit: 10 }]);
  });
});

describe('the request', () => {
  function requestWith(clientOptions: ClientOptions): Promise<Request> {
    return checkRequestOf(new OpenAIKeyManager(keys.slice(0, 1), { clientOptions, logger: false }));
  }

  it('goes to OpenAI by default', async () => {
    expect((await requestWith({})).url).toBe('https://api.openai.com/v1/models');
  });

  it('goes where the clients send theirs', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'https://env.example/v1/');
    expect((await requestWith({})).url).toBe('https://env.example/v1/models');
    const options = { baseURL: 'https://gateway.example/openai?tenant=1', defaultQuery: { version: '2' } };
    expect((await requestWith(options)).url).toBe('https://gateway.example/openai/models?tenant=1&version=2');
  });

  it.each([
    ['an object', { 'x-gateway': 'a', 'x-none': null, authorization: 'Bearer unused' }],
    ['Headers', new Headers({ 'x-gateway': 'a' })],
    ['a list', [['x-gateway', 'a']]],
  ])('has the headers of the clients, given as %s', async (_kind, defaultHeaders) => {
    const request = await requestWith({ defaultHeaders, organization: 'org-1', project: 'proj_1' });
    expect(Object.fromEntries(request.headers)).toEqual({
      authorization: `Bearer ${keys[0]}`,
      'openai-organization': 'org-1',
      'openai-project': 'proj_1',
      'x-gateway': 'a',
    });
  });
});

describe('checkKeys of a compatible provider', () => {
  const provider = { name: 'acme', env: 'ACME_API_KEY' };

  it('lists the models below the baseURL', async () => {
    server.script('acme-key-1', ['ok']);
    const acme = openAICompatible({ ...provider, baseURL: server.openaiBaseURL });
    const checks = await acme.createKeyManager({ keys: ['acme-key-1', 'acme-key-2'], logger: false }).checkKeys();
    expect(checks).toMatchObject([{ outcome: 'working' }, { outcome: 'refused', verdict: 'invalid-key' }]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models', '/v1/models']);
  });

  it('asks the probePath instead', async () => {
    const acme = openAICompatible({ ...provider, baseURL: 'https://unused.example', probePath: 'key' });
    const clientOptions = { baseURL: server.openaiBaseURL };
    await acme.createKeyManager({ keys: ['acme-key-1'], clientOptions, logger: false }).checkKeys();
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/key']);
  });

  it('sends nothing with probePath: false', async () => {
    const acme = openAICompatible({ ...provider, baseURL: server.openaiBaseURL, probePath: false });
    const checks = await acme.createKeyManager({ keys: ['acme-key-1'], logger: false }).checkKeys();
    expect(checks).toMatchObject([{ outcome: 'inconclusive', reason: 'no_probe' }]);
    expect(server.requestCount()).toBe(0);
  });
});

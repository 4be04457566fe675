import type { ClientOptions } from '@anthropic-ai/sdk';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkRequestOf } from '../../../test-support/check-request-of.ts';
import { AnthropicKeyManager } from '../src/index.ts';

const keys = [1, 2].map((number) => `sk-ant-test-key-number-${number}-0123456789`);

afterEach(() => {
  vi.unstubAllEnvs();
});

async function check(steps: readonly ProviderStep[], timeout = 5000) {
  await using server = await startProviderServer();
  for (const [index, step] of steps.entries()) server.script(keys[index] ?? '', [step]);
  const clientOptions = { baseURL: server.url };
  const manager = new AnthropicKeyManager(keys.slice(0, steps.length), { clientOptions, logger: false });
  return { checks: await manager.checkKeys({ timeout }), requests: server.requests };
}

describe('checkKeys of an AnthropicKeyManager', () => {
  it('lists the models with each key', async () => {
    const { checks, requests } = await check(['ok', 'invalid-key']);
    expect(checks).toMatchObject([
      { outcome: 'working', state: 'healthy' },
      { outcome: 'refused', verdict: 'invalid-key', reason: 'authentication_error', state: 'disabled' },
    ]);
    const sent = requests.map(({ provider, method, path }) => `${provider} ${method} ${path}`);
    expect(sent).toEqual(keys.map(() => 'anthropic GET /v1/models'));
    expect(JSON.stringify(checks)).not.toMatch(/test-key-number/);
  });

  it.each<[ProviderStep, object]>([
    ['permission_error', { outcome: 'working', reason: 'permission_error', state: 'healthy' }],
    ['organization_disabled', { outcome: 'refused', verdict: 'invalid-key', state: 'disabled' }],
    ['credit_balance_too_low', { outcome: 'refused', verdict: 'quota-exhausted', state: 'cooling' }],
    ['rate-limited', { outcome: 'refused', verdict: 'rate-limited', state: 'cooling' }],
    ['overloaded_529', { outcome: 'inconclusive', reason: 'overloaded_error', state: 'healthy' }],
    ['reset', { outcome: 'inconclusive', reason: 'network', state: 'healthy' }],
    ['hang', { outcome: 'inconclusive', reason: 'timeout', state: 'healthy' }],
  ])('reports %j', async (step, expected) => {
    const { checks } = await check([step], step === 'hang' ? 50 : 5000);
    expect(checks).toMatchObject([expected]);
  });
});

describe('the request', () => {
  function requestWith(clientOptions: ClientOptions): Promise<Request> {
    return checkRequestOf(new AnthropicKeyManager(keys.slice(0, 1), { clientOptions, logger: false }));
  }

  it('goes to Anthropic by default', async () => {
    expect((await requestWith({})).url).toBe('https://api.anthropic.com/v1/models?limit=1');
  });

  it('goes where the clients send theirs', async () => {
    vi.stubEnv('ANTHROPIC_BASE_URL', 'https://env.example/');
    expect((await requestWith({})).url).toBe('https://env.example/v1/models?limit=1');
    const options = { baseURL: 'https://gateway.example/anthropic', defaultQuery: { tenant: '2' } };
    expect((await requestWith(options)).url).toBe('https://gateway.example/anthropic/v1/models?limit=1&tenant=2');
  });

  it.each([
    ['an object', { 'x-gateway': 'a', 'x-none': null, authorization: 'Bearer unused' }],
    ['Headers', new Headers({ 'x-gateway': 'a', 'x-api-key': 'unused' })],
    ['a list', [['x-gateway', 'a']]],
  ])('has the headers of the clients, given as %s', async (_kind, defaultHeaders) => {
    expect(Object.fromEntries((await requestWith({ defaultHeaders })).headers)).toEqual({
      'anthropic-version': '2023-06-01',
      authorization: `Bearer ${keys[0]}`,
      'x-gateway': 'a',
    });
  });
});

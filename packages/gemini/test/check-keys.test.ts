import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { checkRequestOf } from '../../../test-support/check-request-of.ts';
import { GeminiKeyManager, type GeminiClientOptions } from '../src/index.ts';

const keys = [1, 2].map((number) => `AIzaSyTestKeyNumber${number}0123456789abcdefghi`);

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

function play(...steps: readonly ProviderStep[]): GeminiKeyManager {
  for (const [index, step] of steps.entries()) server.script(keys[index] ?? '', [step]);
  const clientOptions = { httpOptions: { baseUrl: `${server.url}/` } };
  return new GeminiKeyManager(keys.slice(0, steps.length), { clientOptions, logger: false });
}

it('lists one model with each key', async () => {
  const checks = await play('ok', 'invalid-key').checkKeys();
  expect(checks).toMatchObject([
    { outcome: 'working', state: 'healthy' },
    { outcome: 'refused', verdict: 'invalid-key', reason: 'API_KEY_INVALID', state: 'disabled' },
  ]);
  const request = { method: 'GET', path: '/v1beta/models', query: { pageSize: '1' } };
  expect(server.requests).toMatchObject([request, request]);
  expect(server.requests.map(({ key }) => key)).toEqual(keys);
});

it.each<[ProviderStep, object]>([
  ['gemini_key_leaked', { outcome: 'refused', reason: 'key_leaked', state: 'disabled' }],
  ['gemini_service_disabled', { outcome: 'refused', reason: 'SERVICE_DISABLED', state: 'disabled' }],
  ['gemini_location_unsupported', { outcome: 'inconclusive', reason: 'location_unsupported', state: 'healthy' }],
  ['server-error', { outcome: 'inconclusive', state: 'healthy' }],
  ['reset', { outcome: 'inconclusive', reason: 'network', state: 'healthy' }],
])('judges %s', async (step, check) => {
  expect(await play(step).checkKeys()).toMatchObject([check]);
});

it('asks the server, the version and with the headers that the clients use', async () => {
  const check = (clientOptions: GeminiClientOptions) =>
    checkRequestOf(new GeminiKeyManager(keys.slice(0, 1), { clientOptions, logger: false }));
  expect((await check({})).url).toBe('https://generativelanguage.googleapis.com/v1beta/models?pageSize=1');
  vi.stubEnv('GOOGLE_GEMINI_BASE_URL', 'https://proxy.example/');
  expect((await check({})).url).toBe('https://proxy.example/v1beta/models?pageSize=1');
  const headers = { referer: 'https://shop.example/' };
  const request = await check({ apiVersion: 'v1', httpOptions: { baseUrl: 'https://own.example', headers } });
  expect(request.url).toBe('https://own.example/v1/models?pageSize=1');
  expect(Object.fromEntries(request.headers)).toEqual({ ...headers, 'x-goog-api-key': keys[0] });
  const preferred = await check({ apiVersion: 'v1', httpOptions: { apiVersion: 'v1alpha' } });
  expect(preferred.url).toContain('/v1alpha/models?');
});

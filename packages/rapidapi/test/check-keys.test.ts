import { ApiKeyManager, InvalidOptionsError } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rapidApiAdapter, rapidApiProbe, RapidApiKeyManager, type RapidApiProbeOptions } from '../src/index.ts';
import { keys, weather } from './play-rapidapi.ts';

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(() => server.close());

function play(options: RapidApiProbeOptions, ...steps: readonly ProviderStep[]): ApiKeyManager {
  for (const [index, step] of steps.entries()) server.script(keys[index] ?? '', [step]);
  const probe = rapidApiProbe(weather, { baseUrl: server.url, ...options });
  const adapter = defineAdapter({ ...rapidApiAdapter, probe });
  return new ApiKeyManager(adapter, keys.slice(0, steps.length), { logger: false });
}

describe('checkKeys of RapidAPI', () => {
  it('sends nothing without a probe, because no request works for every key', async () => {
    const manager = new RapidApiKeyManager(keys, { logger: false });
    const checks = await manager.checkKeys();
    expect(new Set(checks.map(({ outcome, reason }) => `${outcome}: ${reason}`))).toEqual(
      new Set(['inconclusive: no_probe']),
    );
  });

  it('takes the response to an unknown endpoint for a working key', async () => {
    const checks = await play({}, 'ok', 'invalid-key').checkKeys();
    expect(checks).toMatchObject([
      { outcome: 'working', reason: 'http_404', state: 'healthy' },
      { outcome: 'refused', verdict: 'invalid-key', reason: 'invalid_api_key', state: 'disabled' },
    ]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/', '/']);
  });

  it('requests the path, and knows the limits of the host', async () => {
    const headers = { 'x-ratelimit-requests-remaining': '3', 'x-ratelimit-requests-limit': '500' };
    const checks = await play({ path: '/current.json?q=Recife' }, { status: 200, headers }).checkKeys();
    expect(checks).toMatchObject([
      { outcome: 'working', rateLimits: [{ name: 'requests', remaining: 3, limit: 500, bucket: weather }] },
    ]);
    expect(server.requests).toMatchObject([{ path: '/current.json', query: { q: 'Recife' } }]);
  });

  it('names the host in the header that RapidAPI reads', async () => {
    const hosts: (string | null)[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      hosts.push(new Request(input, init).headers.get('x-rapidapi-host'));
      return new Response('{}', { status: 404 });
    };
    await play({}, 'ok').checkKeys({ fetch });
    expect(hosts).toEqual([weather]);
  });

  it('marks a key without a subscription or a quota on this host only', async () => {
    const manager = play({}, 'not_subscribed', 'quota-exhausted');
    expect(await manager.checkKeys()).toMatchObject([
      { outcome: 'refused', verdict: 'invalid-key', state: 'healthy' },
      { outcome: 'refused', verdict: 'quota-exhausted', state: 'healthy' },
    ]);
    expect(manager.status().keys.map(({ buckets }) => buckets)).toMatchObject([
      [{ bucket: weather, state: 'disabled' }],
      [{ bucket: weather, state: 'cooling' }],
    ]);
    server.script(keys[0] ?? '', ['ok']);
    await manager.checkKeys();
    expect(manager.status().keys[0]?.buckets).toMatchObject([{ bucket: weather, state: 'healthy' }]);
  });

  it.each<[ProviderStep, string]>([
    [{ status: 404, body: { message: 'No such city' } }, 'http_404'],
    ['server-error', 'http_500'],
    ['reset', 'network'],
  ])('is inconclusive after %j', async (step, reason) => {
    expect(await play({}, step).checkKeys()).toMatchObject([{ outcome: 'inconclusive', reason }]);
  });

  it('rejects a host that could send the key to another server', () => {
    expect(() => rapidApiProbe('host@other.example')).toThrow(InvalidOptionsError);
  });

  it('rejects a misspelt option, which would send the key to another server', () => {
    const misspelt = { baseURL: server.url } as never;
    expect(() => rapidApiProbe(weather, misspelt)).toThrow('Unknown option "baseURL". Did you mean "baseUrl"?');
  });
});

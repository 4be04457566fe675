import { NoApiKeysError, registry } from '@api-key-fallback/core';
import { beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { useWorkingDirectory } from '../../../test-support/working-directory.ts';
import { keys, play, weather } from './play-rapidapi.ts';
import { RapidApiKeyManager, rapidApiFetch } from '../src/index.ts';

const directory = useWorkingDirectory();

async function importAnew(): Promise<void> {
  vi.resetModules();
  await import('../src/index.ts');
}

describe('the default key manager', () => {
  beforeEach(importAnew);

  it('is registered by the import, even without keys', () => {
    expect(registry.isKnown('rapidapi')).toBe(true);
    expect(registry.list()).toContain('rapidapi');
  });

  it('names the variables it read when no key is set', () => {
    expect(() => registry.get('rapidapi')).toThrow(expect.objectContaining({ code: 'NO_API_KEYS' }));
    expect(() => registry.get('rapidapi')).toThrow(/RAPIDAPI_KEY, RAPIDAPI_KEY_2/);
  });

  it('is created once, from the environment, on first use', async () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'silent');
    await directory.writeEnv([`RAPIDAPI_KEY=${keys[0]}`, `RAPIDAPI_KEY_2=${keys[1]}`]);
    const manager = registry.get('rapidapi');
    expectTypeOf(manager).toEqualTypeOf<RapidApiKeyManager>();
    expect(manager.provider).toBe('rapidapi');
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(registry.get('rapidapi')).toBe(manager);
  });

  it('is replaced by an explicitly registered one', () => {
    const manager = new RapidApiKeyManager(keys, { logger: false });
    registry.register(manager);
    expect(registry.get('rapidapi')).toBe(manager);
  });
});

describe('RapidApiKeyManager.fromEnv', () => {
  it('labels each key with its variable name', async () => {
    vi.stubEnv('RAPIDAPI_KEY_12', keys[1]);
    await directory.writeEnv([`RAPIDAPI_KEY=${keys[0]}`, `RAPIDAPI_KEYS="${keys[2]}, ${keys[3]}"`]);
    const manager = RapidApiKeyManager.fromEnv({ directory: directory.path, logger: false });
    expect(manager.status().keys.map(({ label }) => label)).toEqual([
      'RAPIDAPI_KEY',
      'RAPIDAPI_KEY_12',
      'RAPIDAPI_KEYS[1]',
      'RAPIDAPI_KEYS[2]',
    ]);
  });

  it('throws without keys', () => {
    expect(() => RapidApiKeyManager.fromEnv({ logger: false })).toThrow(NoApiKeysError);
  });
});

describe('a decorated method', () => {
  const counts = (server: { requestCount(key?: string): number }) => keys.map((key) => server.requestCount(key));

  it('continues with the next key and remembers which ones are unavailable', async () => {
    await using running = await play([['too_many_requests'], ['invalid-key'], ['quota-exhausted'], ['ok']]);
    const { service, server } = running;
    await expect(service.forecast('/v1/today?q=Rio')).resolves.toEqual({
      ok: true,
      path: '/v1/today',
      query: { q: 'Rio' },
    });
    expect(counts(server)).toEqual([3, 1, 1, 1]);
    await service.forecast('/v1/today');
    expect(counts(server)).toEqual([3, 1, 1, 2]);
  });

  it('makes keys × maxRetries requests in an outage, and never more', async () => {
    await using running = await play([['unavailable'], ['reset'], ['gateway_oops'], [{ status: 502 }]]);
    await expect(running.service.forecast('/v1/today')).rejects.toMatchObject({
      name: 'AllKeysFailedError',
      reason: 'unavailable',
    });
    expect(counts(running.server)).toEqual([3, 3, 3, 3]);
  });

  it('rejects after one request for a caller error and leaves every key healthy', async () => {
    await using running = await play([['validation_400'], ['ok']]);
    await expect(running.service.forecast('/v1/today')).rejects.toMatchObject({ name: 'RapidApiError', status: 400 });
    expect(running.server.requestCount()).toBe(1);
    expect(running.manager.getFailedKeys()).toEqual([]);
  });

  it.each([
    ['not subscribed', 'not_subscribed'],
    ['out of quota', 'monthly_quota'],
    ['too fast', 'rate_per_minute'],
  ] as const)('keeps using a key on other hosts when it is %s on one', async (_what, step) => {
    await using running = await play([[step, 'ok'], ['ok']]);
    const { service, server } = running;
    await service.forecast('/v1/today');
    expect(counts(server).slice(0, 2)).toEqual([1, 1]);
    await service.matches('/v1/live');
    expect(counts(server).slice(0, 2)).toEqual([2, 1]);
    await service.forecast('/v1/today');
    expect(counts(server).slice(0, 2)).toEqual([2, 2]);
  });

  it('stops using an invalid key on every host', async () => {
    await using running = await play([['invalid_key', 'ok'], ['ok']]);
    const { service, server, manager } = running;
    await service.forecast('/v1/today');
    await service.matches('/v1/live');
    expect(counts(server).slice(0, 2)).toEqual([1, 2]);
    expect(manager.status().keys[0]).toMatchObject({ state: 'disabled', reason: 'invalid-key' });
  });

  it('uses a key again after the reset of its quota', async () => {
    await using running = await play([['monthly_quota', 'ok'], ['ok']]);
    const { service, server, clock } = running;
    const start = clock.time;
    await service.forecast('/v1/today');
    clock.time = start + 864_000_000 - 1;
    await service.forecast('/v1/today');
    expect(counts(server).slice(0, 2)).toEqual([1, 2]);
    clock.time = start + 864_000_000;
    await service.forecast('/v1/today');
    expect(counts(server).slice(0, 2)).toEqual([2, 2]);
  });

  it('is not required: a function works too', async () => {
    await using running = await play([['not_subscribed'], ['ok']]);
    const { manager, server } = running;
    const call = () => rapidApiFetch(weather, '/v1/today', { method: 'POST', body: '{"q":1}', baseUrl: server.url });
    const response = await manager.retryWithFallback(call, { operation: weather });
    expect(await response.json()).toMatchObject({ ok: true, body: { q: 1 } });
    expect(counts(server).slice(0, 2)).toEqual([1, 1]);
  });
});

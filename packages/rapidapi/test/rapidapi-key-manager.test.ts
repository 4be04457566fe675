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

describe('the default manager', () => {
  beforeEach(importAnew);

  it('is registered by the import, without a key', () => {
    expect(registry.has('rapidapi')).toBe(true);
    expect(registry.list()).toContain('rapidapi');
  });

  it('says what it looked for when there is no key', () => {
    expect(() => registry.get('rapidapi')).toThrow(expect.objectContaining({ code: 'NO_API_KEYS' }));
    expect(() => registry.get('rapidapi')).toThrow(/RAPIDAPI_KEY, RAPIDAPI_KEY_2/);
  });

  it('is made from the environment at first use, once', async () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'silent');
    await directory.writeEnv([`RAPIDAPI_KEY=${keys[0]}`, `RAPIDAPI_KEY_2=${keys[1]}`]);
    const manager = registry.get('rapidapi');
    expectTypeOf(manager).toEqualTypeOf<RapidApiKeyManager>();
    expect(manager.provider).toBe('rapidapi');
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(registry.get('rapidapi')).toBe(manager);
  });

  it('gives way to one that is registered explicitly', () => {
    const manager = new RapidApiKeyManager(keys, { logger: false });
    registry.register(manager);
    expect(registry.get('rapidapi')).toBe(manager);
  });
});

describe('RapidApiKeyManager.fromEnv', () => {
  it('labels each key with its variable', async () => {
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

  it('throws when there is no key', () => {
    expect(() => RapidApiKeyManager.fromEnv({ logger: false })).toThrow(NoApiKeysError);
  });
});

describe('a decorated method', () => {
  const counts = (server: { requestCount(key?: string): number }) => keys.map((key) => server.requestCount(key));

  it('goes on with the next key, and remembers which ones are out', async () => {
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

  it('makes keys × maxRetries requests at most, and that many in an outage', async () => {
    await using running = await play([['unavailable'], ['reset'], ['gateway_oops'], [{ status: 502 }]]);
    await expect(running.service.forecast('/v1/today')).rejects.toMatchObject({
      name: 'AllKeysFailedError',
      reason: 'unavailable',
    });
    expect(counts(running.server)).toEqual([3, 3, 3, 3]);
  });

  it('hands the mistakes of the caller back after one request, with every key untouched', async () => {
    await using running = await play([['validation_400'], ['ok']]);
    await expect(running.service.forecast('/v1/today')).rejects.toMatchObject({ name: 'RapidApiError', status: 400 });
    expect(running.server.requestCount()).toBe(1);
    expect(running.manager.getFailedKeys()).toEqual([]);
  });

  it.each([
    ['not subscribed', 'not_subscribed'],
    ['out of quota', 'monthly_quota'],
    ['too fast', 'rate_per_minute'],
  ] as const)('uses a key that is %s on one host on other hosts', async (_what, step) => {
    await using running = await play([[step, 'ok'], ['ok']]);
    const { service, server } = running;
    await service.forecast('/v1/today');
    expect(counts(server).slice(0, 2)).toEqual([1, 1]);
    await service.matches('/v1/live');
    expect(counts(server).slice(0, 2)).toEqual([2, 1]);
    await service.forecast('/v1/today');
    expect(counts(server).slice(0, 2)).toEqual([2, 2]);
  });

  it('uses a dead key on no host', async () => {
    await using running = await play([['invalid_key', 'ok'], ['ok']]);
    const { service, server, manager } = running;
    await service.forecast('/v1/today');
    await service.matches('/v1/live');
    expect(counts(server).slice(0, 2)).toEqual([1, 2]);
    expect(manager.status().keys[0]).toMatchObject({ state: 'disabled', reason: 'invalid-key' });
  });

  it('uses a key again when the reset of its quota has come', async () => {
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

  it('is not needed: a function does as well', async () => {
    await using running = await play([['not_subscribed'], ['ok']]);
    const { manager, server } = running;
    const call = () => rapidApiFetch(weather, '/v1/today', { method: 'POST', body: '{"q":1}', baseUrl: server.url });
    const response = await manager.retryWithFallback(call, { operation: weather });
    expect(await response.json()).toMatchObject({ ok: true, body: { q: 1 } });
    expect(counts(server).slice(0, 2)).toEqual([1, 1]);
  });
});

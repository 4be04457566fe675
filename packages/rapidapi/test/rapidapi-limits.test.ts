import { describe, expect, it } from 'vitest';
import type { ProviderStep } from '@api-key-fallback/testing';
import { rapidApiAdapter } from '../src/index.ts';
import { keys, noon, play, weather } from './play-rapidapi.ts';

const [first = '', second = ''] = keys;

function ok(headers: Readonly<Record<string, string>>): ProviderStep {
  return { status: 200, headers, body: { ok: true } };
}

function read(headers: Readonly<Record<string, string>>): unknown {
  return rapidApiAdapter.readLimits?.(new Headers(headers), { now: noon });
}

describe('the limits in a response', () => {
  it('are read by name, including the rate limit', () => {
    const headers = {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '9',
      'x-ratelimit-reset': '42',
      'x-ratelimit-requests-limit': '100',
      'x-ratelimit-requests-remaining': '0',
      'x-ratelimit-requests-reset': String(noon / 1000 + 3600),
      'x-ratelimit-rapid-free-plans-hard-limit-limit': '500000',
      'x-ratelimit-rapid-free-plans-hard-limit-remaining': '499997',
      'x-ratelimit-rapid-free-plans-hard-limit-reset': '2588083',
      'x-rapidapi-host': weather,
    };
    const limits = [
      { name: 'rate', remaining: 9, limit: 10, resetsAtMs: noon + 42_000, bucket: weather },
      { name: 'requests', remaining: 0, limit: 100, resetsAtMs: noon + 3_600_000, bucket: weather },
      {
        name: 'rapid-free-plans-hard-limit',
        remaining: 499_997,
        limit: 500_000,
        resetsAtMs: noon + 2_588_083_000,
        bucket: weather,
      },
    ];
    const found = read(headers);
    expect(found).toHaveLength(3);
    expect(found).toEqual(expect.arrayContaining(limits));
    expect(rapidApiAdapter.readLimits?.({ 'X-RateLimit-Remaining': '9' }, { now: noon })).toEqual([
      { name: 'rate', remaining: 9 },
    ]);
  });

  it('are skipped when the remaining number is missing, negative or invalid', () => {
    for (const remaining of ['-1', '', 'many', '5, 7', 'NaN']) {
      expect(read({ 'x-ratelimit-requests-remaining': remaining, 'x-ratelimit-requests-reset': '60' })).toEqual([]);
    }
    expect(read({ 'x-ratelimit-requests-limit': '5', 'x-ratelimit-requests-reset': '60' })).toEqual([]);
    expect(read({ 'content-type': 'application/json', 'x-ratelimit-policy': '5' })).toEqual([]);
  });

  it('have no reset when the header is invalid', () => {
    for (const reset of ['soon', '-1', String(noon - 1), String(noon / 1000 - 1), '900000000']) {
      expect(read({ 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': reset })).toEqual([
        { name: 'rate', remaining: 5 },
      ]);
    }
  });
});

describe('a quota exhausted by a successful call', () => {
  const lastOne = { 'x-ratelimit-requests-remaining': '0', 'x-ratelimit-requests-reset': '3600' };

  it('makes the next call on this host start with another key, until the reset', async () => {
    await using running = await play([[ok(lastOne)], ['ok']]);
    const { service, server, manager, clock } = running;
    await service.forecast('/v1/today');
    await service.forecast('/v1/today');
    expect([first, second].map((key) => server.requestCount(key))).toEqual([1, 1]);
    expect(manager.status().keys[0]).toMatchObject({
      state: 'healthy',
      limits: [{ name: 'requests', source: 'header', remaining: 0, bucket: weather }],
    });
    clock.time += 3_600_000;
    await service.forecast('/v1/today');
    expect([first, second].map((key) => server.requestCount(key))).toEqual([2, 1]);
  });

  it('does not affect the key on other hosts', async () => {
    await using running = await play([[ok(lastOne), 'ok'], ['ok']]);
    const { service, server } = running;
    await service.forecast('/v1/today');
    await service.matches('/v1/today');
    expect([first, second].map((key) => server.requestCount(key))).toEqual([2, 0]);
  });

  it('does not disable a key: a single key is still used', async () => {
    await using running = await play([[ok(lastOne)]]);
    await running.service.forecast('/v1/today');
    await expect(running.service.forecast('/v1/today')).resolves.toEqual({ ok: true });
  });

  it('is recognised by any name', async () => {
    await using running = await play([
      [ok({ 'x-ratelimit-ai-credits-remaining': '0', 'x-ratelimit-ai-credits-reset': '60' })],
      ['ok'],
    ]);
    await running.service.forecast('/v1/today');
    await running.service.forecast('/v1/today');
    expect(running.server.requestCount(second)).toBe(1);
    expect(running.manager.status().keys[0]?.limits).toMatchObject([{ name: 'ai-credits', bucket: weather }]);
  });

  it('is ignored when it is negative, and counts for a minute when it has no reset', async () => {
    const left = [{ ...lastOne, 'x-ratelimit-requests-remaining': '-1' }, { 'x-ratelimit-requests-remaining': '0' }];
    await using running = await play([left.map(ok), ['ok']]);
    for (let calls = 0; calls < 3; calls++) await running.service.forecast('/v1/today');
    expect(running.server.requestCount(first)).toBe(2);
    running.clock.time += 60_000;
    await running.service.forecast('/v1/today');
    expect(running.server.requestCount(first)).toBe(3);
  });
});

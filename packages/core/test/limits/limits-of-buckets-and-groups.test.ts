import { ApiKeyManager, currentAttempt, InvalidOptionsError } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { ok, scriptedAdapter, scriptKeys } from '../scripted-keys.ts';
import { callTimes, limited, rejection } from './limited-keys.ts';

describe('limits of a day, of buckets and of groups', () => {
  it('end at midnight in the time zone of the provider', async () => {
    const options = { adapter: { timeZone: 'America/Los_Angeles' }, limits: { requestsPerDay: 2 } };
    const keys = scriptKeys({ K1: [ok] }, options);
    const midnightMs = Date.UTC(2026, 10, 30, 8);
    keys.runtime.set(midnightMs - 3_600_000);
    await callTimes(keys, 2);
    expect(await rejection(keys.call())).toMatchObject({ reason: 'limited', retryAfterMs: 3_600_000 });
    expect(keys.manager.status().keys[0]?.limits).toEqual([
      { name: 'requestsPerDay', source: 'configured', used: 2, limit: 2, resetsAtMs: midnightMs },
    ]);
    keys.runtime.set(midnightMs);
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('count quota units by what operations cost', async () => {
    const adapter = { unitsOf: (operation: string | undefined) => (operation === 'search.list' ? 100 : 1) };
    const keys = scriptKeys({ K1: [ok], K2: [ok] }, { adapter, limits: { unitsPerDay: 150 } });
    for (const operation of ['search.list', 'videos.list', 'search.list', 'videos.list'])
      await keys.call({ operation });
    expect(keys.calls).toEqual(['K1', 'K1', 'K2', 'K1']);
  });

  it('apply to one bucket besides those of the key', async () => {
    const limits = { requestsPerMinute: 3, buckets: { 'search.list': { requestsPerDay: 1 } } };
    const keys = limited(limits, ['K1', 'K2']);
    await keys.call({ operation: 'search.list' });
    await keys.call({ operation: 'search.list' });
    await callTimes(keys, 3);
    expect(keys.calls).toEqual(['K1', 'K2', 'K1', 'K1', 'K2']);
    expect(keys.manager.status().keys[0]?.limits).toMatchObject([
      { name: 'requestsPerMinute', used: 3 },
      { name: 'requestsPerDay', bucket: 'search.list', used: 1 },
    ]);
  });

  it('of a group apply to all its keys together', async () => {
    const groups = { K1: 'org-a', K2: 'org-a', K3: 'org-b' };
    const options = { groups, groupLimits: { 'org-a': { requestsPerMinute: 2 } }, strategy: 'round-robin' as const };
    const keys = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, options);
    await callTimes(keys, 6);
    expect(keys.calls).toEqual(['K1', 'K2', 'K3', 'K3', 'K3', 'K3']);
    expect(keys.manager.status().keys[1]?.limits).toMatchObject([
      { name: 'requestsPerMinute', group: 'org-a', used: 2 },
    ]);
  });

  it('of a key win over those of the manager, stay with it when the list changes, and go to its successor', async () => {
    const keys = limited({ requestsPerMinute: 5, concurrency: 9 });
    keys.manager.setKeys([{ key: 'K1', slot: 'a', limits: { requestsPerMinute: 1 } }, 'K2']);
    await callTimes(keys, 2);
    expect(keys.calls).toEqual(['K1', 'K2']);
    keys.manager.setKeys(['K2', { key: 'K9', slot: 'a', limits: { requestsPerMinute: 1 } }]);
    expect(keys.manager.status().keys[1]?.limits).toMatchObject([{ limit: 1, used: 1 }, { limit: 9 }]);
  });

  it('count the requests of all pools that have the key', async () => {
    const a = limited({ requestsPerMinute: 2 }, ['K1', 'K2'], { pool: 'a' });
    const b = limited(undefined, ['K1'], { pool: 'b', runtime: a.runtime });
    await callTimes(b, 2);
    await expect(a.call()).resolves.toBe('K2');
    await Promise.all([a.manager.close(), b.manager.close()]);
  });
});

describe('a full key', () => {
  it('is told once, in an event and in the status', async () => {
    const keys = limited({ requestsPerMinute: 2 }, ['K1']);
    const events = recordEvents(keys.manager, ['key.limited']);
    await callTimes(keys, 2);
    await rejection(keys.call());
    expect(events).toMatchObject([
      ['key.limited', { key: { ordinal: 1 }, limit: 'requestsPerMinute', source: 'configured', untilMs: 61_000 }],
    ]);
    expect(keys.manager.status().keys[0]).toMatchObject({
      state: 'healthy',
      limits: [{ name: 'requestsPerMinute', used: 2, limit: 2, resetsAtMs: 61_000 }],
    });
    keys.runtime.set(61_000);
    expect(keys.manager.status().keys[0]?.limits).toEqual([
      { name: 'requestsPerMinute', source: 'configured', used: 0, limit: 2 },
    ]);
  });
});

it('a key and its group that are full at once emit an event each', async () => {
  const options = {
    groups: { K1: 'a' },
    limits: { requestsPerMinute: 1 },
    groupLimits: { a: { requestsPerMinute: 1 } },
  };
  const keys = scriptKeys({ K1: [ok] }, options);
  const events = recordEvents(keys.manager, ['key.limited']);
  await keys.call();
  expect(events).toHaveLength(2);
  expect(events[1]).toMatchObject(['key.limited', { limit: 'requestsPerMinute', group: 'a' }]);
});

describe('a key whose last room is taken by more tokens than a call has reserved', () => {
  it('is told once, when the call ends', async () => {
    const keys = limited({ tokensPerMinute: 100, concurrency: 1 }, ['K1']);
    const events = recordEvents(keys.manager, ['key.limited']);
    const call = (spent: number) =>
      keys.manager.retryWithFallback(() => currentAttempt().spent({ tokens: spent }), { cost: { tokens: 10 } });
    await call(30);
    expect(events).toEqual([]);
    await call(70);
    expect(events).toMatchObject([['key.limited', { limit: 'tokensPerMinute', untilMs: 61_000 }]]);
  });

  it('is not told twice, if the key was full already', async () => {
    const keys = limited({ tokensPerMinute: 100, requestsPerMinute: 1 }, ['K1']);
    const events = recordEvents(keys.manager, ['key.limited']);
    await keys.manager.retryWithFallback(() => currentAttempt().spent({ tokens: 500 }), { cost: { tokens: 10 } });
    expect(events).toMatchObject([['key.limited', { limit: 'requestsPerMinute' }]]);
  });
});

const noTokens = '"spent" must state "tokens", "inputTokens" or "outputTokens", for example { tokens: 812 }.';

describe('the options of limits', () => {
  it.each<[object, string]>([
    [{ limits: { requestsPerMinute: 0 } }, '"limits.requestsPerMinute" must be an integer from 1; it is 0.'],
    [
      { limits: { requestsPerMinut: 5 } },
      'Unknown option "limits.requestsPerMinut". Did you mean "limits.requestsPerMinute"?',
    ],
    [{ limits: 5 }, '"limits" must be an object; it is of type number.'],
    [
      { limits: { buckets: { search: { concurrency: 1.5 } } } },
      '"limits.buckets.search.concurrency" must be an integer from 1',
    ],
    [{ limits: { buckets: [] } }, '"limits.buckets" must be an object; it is a list.'],
    [
      { groupLimits: { a: { requestsPerDay: '9' } } },
      '"groupLimits.a.requestsPerDay" must be an integer from 1; it is "9".',
    ],
    [{ groupLimits: null }, '"groupLimits" must be an object; it is null.'],
  ])('refuse %j', (options, message) => {
    expect(() => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, ...options })).toThrow(
      InvalidOptionsError,
    );
    expect(() => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, ...options })).toThrow(message);
  });

  it('of a key are refused by its place', () => {
    const keys = [{ key: 'K1', limits: { requestsPerMinute: -1 } }];
    expect(() => new ApiKeyManager(scriptedAdapter, keys, { logger: false })).toThrow(
      '"limits of key 1.requestsPerMinute" must be an integer from 1; it is -1.',
    );
  });

  it.each<[unknown, string]>([
    [{ tokens: -1 }, '"cost.tokens" must be a number from 0; it is -1.'],
    [{ tokens: Number.NaN }, '"cost.tokens" must be a number from 0; it is NaN.'],
    [{ token: 5 }, 'Unknown option "cost.token". Did you mean "cost.tokens"?'],
    [500, '"cost" must be an object; it is of type number. Write { tokens: 500 }, for example.'],
    [() => 500, '"cost" must be an object; it is of type number.'],
    [Promise.resolve({ tokens: 5 }), '"cost" must be an object; it is a Promise: await it first.'],
    [async () => ({ tokens: 5 }), 'The function of "cost" must not be async: load what it needs before the call.'],
  ])('refuse a cost of %j', async (cost, message) => {
    const { call } = limited({ tokensPerMinute: 9 });
    await expect(call({ cost: cost as never })).rejects.toThrow(message);
  });

  it.each([
    [{ tokens: '5' }, '"spent.tokens" must be a number from 0; it is "5".'],
    [{ inputTokens: -1 }, '"spent.inputTokens" must be a number from 0; it is -1.'],
    [{ uncountedTokens: 3 }, noTokens],
    [{ tokens: undefined }, noTokens],
    [{}, noTokens],
    [{ token: 5 }, 'Unknown option "spent.token". Did you mean "spent.tokens"?'],
    [5, '"spent" must be an object; it is of type number. Write { tokens: 812 }, for example.'],
  ])('refuse %j as what was spent, with and without limits', async (spent, message) => {
    for (const limits of [{ tokensPerMinute: 9 }, undefined]) {
      const { manager } = limited(limits);
      const call = manager.retryWithFallback(() => currentAttempt().spent(spent as never));
      await expect(call).rejects.toThrow(message);
    }
  });
});

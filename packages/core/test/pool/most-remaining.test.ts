import type { KeyManagerOptions } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { hangs, ok, scriptKeys, transient, type ScriptedKeys } from '../scripted-keys.ts';

/** Two keys of which the first one may be used ten times as much as the second one. */
function tenToOne(options: KeyManagerOptions = {}): ScriptedKeys {
  const keys = scriptKeys({ large: [ok], small: [ok] }, { strategy: 'most-remaining', ...options });
  keys.manager.setKeys([
    { key: 'large', limits: { requestsPerMinute: 100 } },
    { key: 'small', limits: { requestsPerMinute: 10 } },
  ]);
  return keys;
}

async function usedBy(keys: ScriptedKeys, times: number): Promise<string> {
  for (let call = 0; call < times; call++) await keys.call();
  return keys.calls.join(' ');
}

describe("the strategy 'most-remaining'", () => {
  it('spreads the calls by the shares that are left, so that all keys are full at the same time', async () => {
    const keys = tenToOne();
    await usedBy(keys, 55);
    expect(keys.manager.status().keys.map(({ limits }) => limits?.[0]?.used)).toEqual([50, 5]);
    await usedBy(keys, 55);
    expect(keys.manager.status().keys.map(({ limits }) => limits?.[0]?.used)).toEqual([100, 10]);
  });

  it('uses a key without a limit first', async () => {
    const keys = tenToOne();
    keys.manager.addKeys(['free']);
    expect(await usedBy(keys, 1)).toBe('large');
    expect(await usedBy(keys, 2)).toBe('large small free');
    expect(await usedBy(keys, 2)).toBe('large small free free free');
  });

  it.each<[string, KeyManagerOptions, string]>([
    ['tokens of a minute', { limits: { tokensPerMinute: 1000 } }, 'K1 K2 K3 K1'],
    ['units of a day', { limits: { unitsPerDay: 1000 } }, 'K1 K2 K3 K1'],
    ['a bucket', { limits: { buckets: { search: { requestsPerDay: 10 } } } }, 'K1 K2 K3 K1'],
    ['a group', { groupLimits: { 'org-a': { requestsPerMinute: 100 } } }, 'K1 K3 K3 K3'],
  ])('counts the limits of %s', async (_name, options, expected) => {
    const groups = { K1: 'org-a', K2: 'org-a', K3: 'org-b' };
    const keys = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { ...options, groups, strategy: 'most-remaining' });
    for (let call = 0; call < 4; call++) await keys.call({ operation: 'search', cost: { tokens: 10, units: 10 } });
    expect(keys.calls.join(' ')).toBe(expected);
  });

  it('goes by the limit of which the least share is left', async () => {
    const keys = scriptKeys({ K1: [ok], K2: [ok] }, { strategy: 'most-remaining' });
    keys.manager.setKeys([
      { key: 'K1', limits: { requestsPerMinute: 1000, tokensPerMinute: 100 } },
      { key: 'K2', limits: { requestsPerMinute: 10 } },
    ]);
    const tokens = { cost: { tokens: 50 } };
    for (let call = 0; call < 6; call++) await keys.call(tokens);
    expect(keys.calls.join(' ')).toBe('K1 K2 K2 K2 K2 K2');
  });

  it('prefers the key with the fewest running attempts, then the first one, of those with the same share', async () => {
    const script = { K1: [hangs], K2: [hangs], K3: [hangs] } as const;
    const keys = scriptKeys(script, { strategy: 'most-remaining', stepped: true });
    for (let call = 0; call < 4; call++) void keys.call();
    await settle();
    expect(keys.calls.join(' ')).toBe('K1 K2 K3 K1');
  });

  it('counts running attempts against a limit of concurrency', async () => {
    const keys = scriptKeys({ K1: [hangs], K2: [hangs] }, { strategy: 'most-remaining', stepped: true });
    keys.manager.setKeys([
      { key: 'K1', limits: { concurrency: 4 } },
      { key: 'K2', limits: { concurrency: 2 } },
    ]);
    for (let call = 0; call < 6; call++) void keys.call();
    await settle();
    expect(keys.calls.join(' ')).toBe('K1 K2 K1 K2 K1 K1');
  });

  it('takes suspect and standby keys last', async () => {
    const keys = scriptKeys({ K1: [transient, ok], K2: [ok], K3: [ok] }, { strategy: 'most-remaining' });
    keys.manager.setKeys(['K1', { key: 'K2', limits: { requestsPerMinute: 2 } }, { key: 'K3', weight: 0 }]);
    for (let call = 0; call < 4; call++) await keys.call({ maxRetries: 1 });
    expect(keys.calls.join(' ')).toBe('K1 K2 K2 K1 K1');
  });
});

import { ApiKeyManager, InvalidOptionsError, type KeyManagerOptions } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { ok, scriptedAdapter, scriptKeys, transient, type Script, type ScriptedKeys } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

/** Keys with these weights. */
function weighted(
  weights: Readonly<Record<string, number>>,
  options: KeyManagerOptions = {},
  script: Script = {},
): ScriptedKeys {
  const all = Object.fromEntries(Object.keys(weights).map((key) => [key, script[key] ?? ([ok] as const)]));
  const keys = scriptKeys(all, options);
  keys.manager.setKeys(Object.entries(weights).map(([key, weight]) => ({ key, weight })));
  return keys;
}

async function callTimes(keys: ScriptedKeys, times: number): Promise<string> {
  for (let call = 0; call < times; call++) await keys.call(once);
  return keys.calls.join(' ');
}

describe("the strategy 'weighted'", () => {
  it('gives each key as many turns as its weight says, spread evenly', async () => {
    const keys = weighted({ a: 5, b: 1, c: 1 }, { strategy: 'weighted' });
    expect(await callTimes(keys, 14)).toBe('a a b a c a a a a b a c a a');
  });

  it('is a plain turn with equal weights', async () => {
    const keys = scriptKeys({ a: [ok], b: [ok] }, { strategy: 'weighted' });
    expect(await callTimes(keys, 4)).toBe('a b a b');
  });

  it('shares the turns of a key that is out among the others', async () => {
    const keys = weighted({ a: 2, b: 1, c: 1 }, { strategy: 'weighted' });
    keys.manager.disable('a');
    expect(await callTimes(keys, 4)).toBe('b c b c');
    keys.manager.enable('a');
    await callTimes(keys, 40);
    expect(keys.calls.slice(4).filter((key) => key === 'a')).toHaveLength(20);
  });
});

it.each([
  ['weighted', 'a a b a c a a'],
  ['round-robin', 'a b c a b c a'],
] as const)('calls that have a key of their own take no turns (%s)', async (strategy, turns) => {
  const keys = weighted({ a: 5, b: 1, c: 1 }, { strategy });
  const free: unknown[] = [];
  for (let call = 0; call < 7; call++) {
    await keys.call({ key: 'key 1' });
    await keys.call({ affinity: 'session' });
    free.push(await keys.call());
  }
  expect(free.join(' ')).toBe(turns);
});

describe('a standby', () => {
  it.each(['in-order', 'round-robin', 'weighted', 'least-used', 'most-remaining'] as const)(
    'is used only when no other key can be used, with the strategy %s',
    async (strategy) => {
      const keys = weighted({ s: 0, a: 1, b: 1 }, { strategy });
      await callTimes(keys, 6);
      expect(keys.calls).not.toContain('s');
      keys.manager.disable('a');
      await callTimes(keys, 2);
      expect(keys.calls).not.toContain('s');
      keys.manager.disable('b');
      await keys.call(once);
      expect(keys.calls.at(-1)).toBe('s');
      keys.manager.enable('a');
      await keys.call(once);
      expect(keys.calls.at(-1)).toBe('a');
    },
  );

  it('serves the call whose other keys have failed', async () => {
    const keys = weighted({ s: 0, a: 1 }, {}, { a: [transient], s: [ok] });
    await expect(keys.call(once)).resolves.toBe('s');
    expect(keys.manager.status().keys.map(({ weight }) => weight)).toEqual([0, undefined]);
  });

  it('takes calls that have no room on the other keys', async () => {
    const keys = weighted({ s: 0, a: 1 }, { limits: { requestsPerMinute: 2 } });
    expect(await callTimes(keys, 4)).toBe('a a s s');
  });

  it('serves alone', async () => {
    const keys = weighted({ s: 0, t: 0 }, { strategy: 'weighted' });
    expect(await callTimes(keys, 2)).toBe('s s');
  });
});

describe('a weight', () => {
  it('goes to the successor of a key, unless that has its own', async () => {
    const { manager } = weighted({ s: 0, a: 3 });
    manager.replaceKey('s', 'n');
    manager.replaceKey('a', { key: 'm', weight: 2 });
    expect(manager.status().keys.map(({ weight }) => weight)).toEqual([0, 2]);
  });

  it.each([-1, Number.NaN, Infinity, '2', null])('cannot be %j', (weight) => {
    const make = () => new ApiKeyManager(scriptedAdapter, [{ key: 'K1', weight: weight as never }], { logger: false });
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow('number from 0; it is');
  });
});

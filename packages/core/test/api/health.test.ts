import { ApiKeyManager, health, registry, type HealthStatus } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { scriptedAdapter, scriptKeys, ok } from '../scripted-keys.ts';

afterEach(() => registry.unregister('scripted'));

function managerOf(count: number, pool = 'default'): ApiKeyManager {
  const keys = Array.from({ length: count }, (_, index) => `K${index + 1}`);
  return new ApiKeyManager(scriptedAdapter, keys, { pool, logger: false, runtime: new FakeRuntime() });
}

type Change = (manager: ApiKeyManager) => unknown;
const cools: Change = (manager) => manager.markKeyFailed('K1');

const cases: readonly [
  what: string,
  keys: number,
  change: Change,
  status: HealthStatus,
  usable: number,
  total: number,
][] = [
  ['all keys work', 2, () => {}, 'ok', 2, 2],
  ['the only key works', 1, () => {}, 'ok', 1, 1],
  ['one key of 200 cools down', 200, cools, 'ok', 199, 200],
  ['one key of three cools down', 3, cools, 'ok', 2, 3],
  ['half of the keys cool down', 2, cools, 'degraded', 1, 2],
  ['a key of 200 was refused', 200, (manager) => manager.markKeyFailed('K7', 'invalid-key'), 'degraded', 199, 200],
  ['a key is suspect', 1, (manager) => manager.markKeyFailed('K1', 'transient'), 'ok', 1, 1],
  ['the only key cools down', 1, cools, 'down', 0, 1],
  ['an operator has disabled a key', 2, (manager) => manager.disable('K1'), 'ok', 1, 1],
  ['an operator has disabled all keys', 1, (manager) => manager.disable('K1'), 'down', 0, 0],
  ['there is no key left', 2, (manager) => manager.setKeys([], { allowEmpty: true }), 'down', 0, 0],
];

describe('health()', () => {
  it.each(cases)('when %s (%i keys)', (_what, keys, change, status, usable, total) => {
    const manager = managerOf(keys);
    change(manager);
    expect(health({ managers: [manager] })).toMatchObject({
      status,
      providers: [{ provider: 'scripted', pool: 'default', status, usable, total }],
    });
  });

  it('says when the first key is back if none can be used now', () => {
    const manager = managerOf(2);
    manager.markKeyFailed('K1', 'quota-exhausted');
    expect(health({ managers: [manager] }).providers[0]).not.toHaveProperty('backAtMs');
    manager.markKeyFailed('K2', 'rate-limited');
    expect(health({ managers: [manager] }).providers[0]).toMatchObject({ status: 'down', backAtMs: 60_000 });
  });

  it('has no time for a key that does not come back by itself', () => {
    const manager = managerOf(1);
    manager.markKeyFailed('K1', 'invalid-key');
    expect(health({ managers: [manager] }).providers[0]).not.toHaveProperty('backAtMs');
  });

  it('counts keys at a configured limit as out until they have room', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] }, { limits: { requestsPerMinute: 1 } });
    await call();
    expect(health({ managers: [manager] })).toMatchObject({
      status: 'down',
      providers: [{ usable: 0, total: 1, backAtMs: 61_000 }],
    });
  });

  it('is that of the worst manager of the registry', () => {
    const [one, two] = [managerOf(2, 'a'), managerOf(2, 'b')];
    registry.register(one);
    registry.register(two);
    expect(health()).toMatchObject({ status: 'ok', providers: [{ pool: 'a' }, { pool: 'b' }] });
    one.markKeyFailed('K1');
    expect(health().status).toBe('degraded');
    for (const key of ['K1', 'K2']) two.markKeyFailed(key);
    expect(health()).toMatchObject({ status: 'down', providers: [{ status: 'degraded' }, { status: 'down' }] });
  });

  it('asks a key source that was never asked, because a service that is not ready gets no calls', async () => {
    const load = vi.fn<() => Promise<string[]>>(async () => ['K1']);
    const manager = new ApiKeyManager(scriptedAdapter, load, { logger: false, runtime: new FakeRuntime() });
    expect(health({ managers: [manager] })).toMatchObject({ status: 'down', providers: [{ usable: 0, total: 0 }] });
    await settle();
    expect(health({ managers: [manager] })).toMatchObject({ status: 'ok', providers: [{ usable: 1, total: 1 }] });
    expect(load).toHaveBeenCalledTimes(1);
    await manager.close();
  });

  it('makes no manager, and is ok without any', () => {
    registry.registerDefault('scripted', () => {
      throw new Error('made');
    });
    expect(health()).toEqual({ status: 'ok', providers: [] });
  });

  it.each([[{ managers: 1 }], [{ managers: [1] }], [{ manager: [] }], [1]])('refuses %j', (wrong) => {
    expect(() => health(wrong as never)).toThrow(/managers|key manager|must be an object/);
  });
});

import { ApiKeyManager, customProvider, InvalidOptionsError, registry } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

const house = customProvider('house');

function managerOf(pool?: string): ApiKeyManager {
  const named = pool === undefined ? {} : { pool };
  return new ApiKeyManager({ ...scriptedAdapter, name: 'house' }, ['K1', 'K2'], { logger: false, ...named });
}

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('pools that are made at first use', () => {
  const made: ApiKeyManager[] = [];
  const create = vi.fn<(pool: string) => ApiKeyManager | undefined>((pool) => {
    if (pool.startsWith('no-')) return undefined;
    const manager = managerOf(pool);
    made.push(manager);
    return manager;
  });
  const isClosed = vi.fn<(pool: string) => void>();

  beforeEach(() => {
    vi.useFakeTimers();
    made.length = 0;
    create.mockClear();
    isClosed.mockClear();
    vi.spyOn(ApiKeyManager.prototype, 'close').mockImplementation(async function (this: ApiKeyManager) {
      isClosed(this.pool);
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('are made once', () => {
    registry.registerPools(house, create);
    expect(registry.pools('house')).toEqual([]);
    const manager = registry.get(house, 'tenant-a');
    expect(registry.get(house, 'tenant-a')).toBe(manager);
    expect(create).toHaveBeenCalledExactlyOnceWith('tenant-a');
    expect(registry.pools('house')).toEqual(['tenant-a']);
    expect(registry.has('house', 'tenant-a')).toBe(false);
  });

  it('do not stand in for a registered pool, the default one or one that does not exist', () => {
    const registered = managerOf('tenant-a');
    registry.register(registered);
    registry.registerPools(house, create);
    expect(registry.get(house, 'tenant-a')).toBe(registered);
    expect(() => registry.get(house)).toThrow('Unknown pool "default" of "house"');
    expect(() => registry.get(house, 'no-tenant')).toThrow('Unknown pool "no-tenant" of "house" (known: tenant-a).');
    expect(create).toHaveBeenCalledExactlyOnceWith('no-tenant');
  });

  it('are closed when they are too many: the one that was not used for the longest time', () => {
    registry.registerPools(house, create, { max: 2 });
    for (const pool of ['a', 'b', 'a', 'c']) {
      vi.advanceTimersByTime(10_000);
      registry.get(house, pool);
    }
    expect(registry.pools('house')).toEqual(['a', 'c']);
    expect(isClosed.mock.calls).toEqual([['b']]);
    registry.get(house, 'b');
    expect(create).toHaveBeenCalledTimes(4);
  });

  it('stay for 10 s after their use, even if they are too many, and go all at once', () => {
    registry.registerPools(house, create, { max: 2 });
    for (const pool of ['a', 'b', 'c', 'd']) registry.get(house, pool);
    expect(isClosed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(9999);
    expect(registry.pools('house')).toEqual(['a', 'b', 'c', 'd']);
    vi.advanceTimersByTime(1);
    expect(registry.pools('house')).toEqual(['c', 'd']);
  });

  it('give what they know to a manager that is registered in their place', () => {
    registry.registerPools(house, create);
    registry.get(house, 'a').disable('K2');
    const manager = managerOf('a');
    registry.register(manager);
    expect(registry.get(house, 'a')).toBe(manager);
    expect(manager.status().keys[1]?.state).toBe('disabled');
  });

  it('are closed when they are idle', () => {
    registry.registerPools(house, create, { idleMs: 1000 });
    registry.get(house, 'a');
    vi.advanceTimersByTime(600);
    registry.get(house, 'b');
    vi.advanceTimersByTime(500);
    expect(isClosed.mock.calls).toEqual([['a']]);
    vi.advanceTimersByTime(499);
    expect(registry.pools('house')).toEqual(['b']);
    vi.advanceTimersByTime(1);
    expect(registry.pools('house')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stay while calls run on them, even if they are too many', async () => {
    registry.registerPools(house, create, { max: 1, idleMs: 1000 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const call = registry.get(house, 'a').retryWithFallback(() => promise);
    vi.advanceTimersByTime(20_000);
    registry.get(house, 'b');
    await vi.advanceTimersByTimeAsync(5000);
    expect(registry.pools('house')).toEqual(['a']);
    resolve('done');
    await expect(call).resolves.toBe('done');
    await vi.advanceTimersByTimeAsync(2000);
    expect(registry.pools('house')).toEqual([]);
  });

  it('stay while calls wait for their keys, or pause', async () => {
    const { promise, resolve } = Promise.withResolvers<string[]>();
    create.mockImplementationOnce(
      (pool) =>
        new ApiKeyManager({ ...scriptedAdapter, name: 'house' }, () => promise, {
          pool,
          logger: false,
          refresh: { timeoutMs: 60_000 },
        }),
    );
    registry.registerPools(house, create, { idleMs: 1000 });
    let attempts = 0;
    const attempt = (apiKey: string) => (++attempts < 2 ? Promise.reject(new Error('503')) : apiKey);
    const call = registry.get(house, 'a').retryWithFallback(attempt, { delay: 5000 });
    await vi.advanceTimersByTimeAsync(5000);
    resolve(['K1']);
    await vi.advanceTimersByTimeAsync(4000);
    expect(registry.pools('house')).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(call).resolves.toBe('K1');
    await vi.advanceTimersByTimeAsync(2000);
    expect(registry.pools('house')).toEqual([]);
  });

  it.each([
    [
      'another pool',
      () => managerOf('other'),
      'expects a manager of "house" in the pool "a"; this one is in the pool "other".',
    ],
    ['no pool', () => managerOf(), 'new OpenAIKeyManager(keys, { pool })'],
    ['a promise', async () => managerOf('a'), 'The function of registerPools() must not be async.'],
  ])('cannot be a manager of %s', (_what, wrong, message) => {
    registry.registerPools(house, wrong as never);
    expect(() => registry.get(house, 'a')).toThrow(InvalidOptionsError);
    expect(() => registry.get(house, 'a')).toThrow(message);
    expect(registry.pools('house')).toEqual([]);
  });

  it.each([
    [{ max: 0 }, '"max" must be an integer from 1; it is 0.'],
    [{ idleMs: -1 }, '"idleMs" must be a time in ms above 0; it is -1.'],
    [{ maximum: 1 }, 'Unknown option "maximum"'],
  ])('refuse the options %j', (options, message) => {
    expect(() => registry.registerPools(house, create, options as never)).toThrow(message);
    expect(registry.list()).toEqual([]);
  });

  it('are registered once for a provider', () => {
    registry.registerPools(house, create);
    const manager = registry.get(house, 'a');
    const again = vi.fn<(pool: string) => ApiKeyManager>((pool) => managerOf(pool));
    expect(() => registry.registerPools(house, again)).toThrow('Pass { replace: true } to replace its function');
    registry.registerPools(house, again, { replace: true });
    expect(registry.get(house, 'a')).toBe(manager);
    registry.get(house, 'b');
    expect(again).toHaveBeenCalledExactlyOnceWith('b');
    expect(() => registry.registerPools(house, 'tenant-a' as never)).toThrow('Expected a function');
  });

  it('throw what the function throws, and are made by the next call', () => {
    create.mockImplementationOnce(() => {
      throw new Error('no database');
    });
    registry.registerPools(house, create);
    expect(() => registry.get(house, 'a')).toThrow('no database');
    expect(registry.get(house, 'a').pool).toBe('a');
  });
});

import {
  AllKeysFailedError,
  ApiKeyManager,
  customProvider,
  InvalidOptionsError,
  MemoryStore,
  registry,
  UnknownProviderError,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { rateLimited, scriptedAdapter, scriptKeys } from '../scripted-keys.ts';

const house = customProvider('house');

function managerOf(pool?: string, options: KeyManagerOptions = {}): ApiKeyManager {
  const named = pool === undefined ? {} : { pool };
  return new ApiKeyManager({ ...scriptedAdapter, name: 'house' }, ['K1', 'K2'], {
    logger: false,
    ...named,
    ...options,
  });
}

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('the pool of a manager', () => {
  it('is "default" without a name', () => {
    expect([managerOf().pool, managerOf('tenant-a').pool]).toEqual(['default', 'tenant-a']);
    expect(managerOf('default').status().pool).toBe('default');
  });

  it('is in the status, the events, the errors and the log', async () => {
    const lines: string[] = [];
    const fields: object[] = [];
    const log = (line: string, about: object = {}) => void (lines.push(line), fields.push(about));
    const logger = { debug: log, info: log, warn: log, error: log };
    const { manager, call } = scriptKeys({ K1: [rateLimited(60_000)] }, { pool: 'tenant-a', logger });
    const events = recordEvents(manager);
    const error: unknown = await call({ maxRetries: 1 }).catch((reason: unknown) => reason);

    expect(manager.status()).toMatchObject({ provider: 'scripted', pool: 'tenant-a', displayName: 'Scripted' });
    expect(new Set(events.map(([, { pool }]) => pool))).toEqual(new Set(['tenant-a']));
    expect(error).toBeInstanceOf(AllKeysFailedError);
    expect(error).toMatchObject({ provider: 'scripted', pool: 'tenant-a' });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ pool: 'tenant-a' });
    expect(String(error)).toContain('The only key of Scripted (tenant-a) failed after 1 attempt');
    expect(lines.every((line) => line.startsWith('Scripted (tenant-a): '))).toBe(true);
    expect(fields.every((about) => 'pool' in about && about.pool === 'tenant-a')).toBe(true);
  });

  it('is not in the fields of log lines when it is the default one', async () => {
    const log = vi.fn<(line: string, fields?: object) => void>();
    const { call } = scriptKeys({ K1: [() => 1] }, { logger: { debug: log, info: log, warn: log, error: log } });
    await call();
    expect(log.mock.calls.some(([, fields]) => 'pool' in (fields ?? {}))).toBe(false);
  });

  it.each([
    ['an empty text', '', '"pool" must be a text of 1 to 128 characters in one line; it is empty.'],
    ['null', null, 'it is null'],
    ['a number', 7, 'it is of type number'],
    ['a function', () => 'tenant-a', 'it is of type function'],
    ['a long text', 'a'.repeat(129), 'it has 129'],
    ['a text of two lines', 'a\nb', 'it has a line break'],
    ['what means a directory in an address', '..', '"pool" must not consist of dots only.'],
  ])('cannot be %s', (_what, pool, message) => {
    expect(() => managerOf(undefined, { pool: pool as never })).toThrow(InvalidOptionsError);
    expect(() => managerOf(undefined, { pool: pool as never })).toThrow(message);
  });

  it('cannot be a key, its own or that of another manager', () => {
    const keys = ['sk-proj-Qz7Wx5Cv3Bn1Mk9Jh8Gf6Ds4Ap2'];
    const make = (pool: string) => new ApiKeyManager(scriptedAdapter, keys, { pool, logger: false });
    expect(() => make(keys[0] as string)).toThrow('"pool" contains a part of a key.');
    expect(() => make(`tenant ${keys[0]}`)).not.toThrow(keys[0]);
  });

  it('keeps its state apart in the store', async () => {
    const store = new MemoryStore();
    const sync = vi.spyOn(store, 'sync');
    const runtime = new FakeRuntime();
    const stateIn = async (pool?: string) => {
      const manager = managerOf(pool, { store, runtime });
      await manager.ready();
      const [state] = manager.status().keys.map((key) => key.state);
      await manager.close();
      return state;
    };
    const manager = managerOf('tenant-a', { store, runtime });
    manager.disable('K1');
    await manager.close();

    expect(await stateIn('tenant-a')).toBe('disabled');
    expect(await stateIn('tenant-b')).toBe('healthy');
    expect(await stateIn()).toBe('healthy');
    expect(new Set(sync.mock.calls.map(([{ pool }]) => pool))).toEqual(
      new Set(['house', 'house/tenant-a', 'house/tenant-b']),
    );
  });
});

describe('the pools of the registry', () => {
  it('are registered beside one another', () => {
    const managers = [managerOf(), managerOf('tenant-a'), managerOf('tenant-b')];
    for (const manager of managers) registry.register(manager);
    expect(registry.get(house)).toBe(managers[0]);
    expect(registry.get(house, 'default')).toBe(managers[0]);
    expect(registry.get(house, 'tenant-a')).toBe(managers[1]);
    expect(registry.pools('house')).toEqual(['default', 'tenant-a', 'tenant-b']);
    expect([registry.has('house', 'tenant-a'), registry.has('house', 'tenant-c')]).toEqual([true, false]);
    expect([registry.isKnown('house', 'tenant-a'), registry.isKnown('house', 'tenant-c')]).toEqual([true, false]);
    expect(registry.list()).toEqual(['house']);
  });

  it('are replaced one by one', () => {
    const [first, second] = [managerOf('tenant-a'), managerOf('tenant-a')];
    registry.register(first);
    expect(() => registry.register(second)).toThrow(
      'A key manager for the pool "tenant-a" of "house" is registered already.',
    );
    first.disable('K1');
    registry.register(second, { replace: true });
    expect(registry.get(house, 'tenant-a').status().keys[0]?.state).toBe('disabled');
  });

  it('keep the default of an adapter', () => {
    registry.registerDefault('house', () => managerOf());
    registry.register(managerOf('tenant-a'));
    expect(registry.get(house).pool).toBe('default');
    expect(registry.pools('house')).toEqual(['default', 'tenant-a']);
    expect([registry.has('house'), registry.has('house', 'tenant-a')]).toEqual([false, true]);
  });

  it('are removed one by one, or all with their provider', () => {
    for (const pool of [undefined, 'tenant-a', 'tenant-b']) registry.register(managerOf(pool));
    expect([registry.unregister('house', 'tenant-a'), registry.unregister('house', 'tenant-a')]).toEqual([true, false]);
    expect(registry.pools('house')).toEqual(['default', 'tenant-b']);
    expect(registry.unregister('house')).toBe(true);
    expect([registry.list(), registry.pools('house')]).toEqual([[], []]);
    registry.register(managerOf('tenant-a'));
    registry.unregister('house', 'tenant-a');
    expect(registry.isKnown('house')).toBe(false);
  });

  it('name the pools there are when one is unknown', () => {
    for (let n = 1; n <= 12; n++) registry.register(managerOf(`tenant-${n}`));
    const get = () => registry.get(house, 'tenant-13');
    expect(get).toThrow(UnknownProviderError);
    expect(get).toThrow(/^Unknown pool "tenant-13" of "house" \(known: tenant-1, tenant-2, .*tenant-10 and 2 more\)\./);
    expect(() => registry.get(house)).toThrow('Name one of them with { pool }');
    expect(() => registry.get(house, 'tenant_1')).toThrow('Did you mean "tenant-1"?');
    const error = (() => {
      try {
        return get();
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toMatchObject({ provider: 'house', pool: 'tenant-13' });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'UNKNOWN_PROVIDER', pool: 'tenant-13' });
  });

  it.each([
    ['', 'it is empty'],
    [7, 'of type number'],
    [null, 'it is null'],
  ])('have no name like %j', (pool, message) => {
    registry.register(managerOf());
    expect(() => registry.get(house, pool as never)).toThrow(InvalidOptionsError);
    expect(() => registry.get(house, pool as never)).toThrow(message);
  });

  it('can be registered once', () => {
    const create = vi.fn<() => ApiKeyManager>(() => managerOf('tenant-a'));
    const first = registry.registerOnce(house, create, { pool: 'tenant-a' });
    expect(registry.registerOnce(house, create, { pool: 'tenant-a' })).toBe(first);
    expect(create).toHaveBeenCalledTimes(1);
    expect(() => registry.registerOnce(house, create)).toThrow(
      'registerOnce() expects a manager of "house" in the pool "default"; this one is in the pool "tenant-a".',
    );
  });
});

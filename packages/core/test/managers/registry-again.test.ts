import {
  ApiKeyManager,
  customProvider,
  InvalidOptionsError,
  MemoryStore,
  registry,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { fails, scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
let runtime: FakeRuntime;

beforeEach(() => {
  runtime = new FakeRuntime();
});
afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

function managerOf(keys: readonly string[], options: KeyManagerOptions = {}): ApiKeyManager {
  return new ApiKeyManager(scriptedAdapter, keys, { logger: false, runtime, ...options });
}

/** A module that an application evaluates, once in each of its layers. */
function evaluateModule(): ApiKeyManager {
  if (!registry.has(provider)) registry.register(managerOf(['K1', 'K2']));
  return registry.get(provider);
}

describe('a module that registers its manager', () => {
  it('registers it once, although it is evaluated twice and the adapter has a default', () => {
    registry.registerDefault(provider, () => managerOf(['K0']));
    registry.get(provider);
    const first = evaluateModule();
    expect(first.getAllKeys()).toEqual(['K1', 'K2']);
    expect(evaluateModule()).toBe(first);
  });

  it('can do so with registerOnce(), which makes no second manager', () => {
    registry.registerDefault(provider, () => managerOf(['K0']));
    const create = vi.fn<() => ApiKeyManager>(() => managerOf(['K1']));
    const first = registry.registerOnce(provider, create);
    expect(registry.registerOnce(provider, create)).toBe(first);
    expect(registry.get(provider)).toBe(first);
    expect(first.getAllKeys()).toEqual(['K1']);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it.each<[string, unknown, string]>([
    [
      'a manager of another provider',
      () => new ApiKeyManager({ ...scriptedAdapter, name: 'guest' }, ['K1'], { logger: false }),
      '"guest"',
    ],
    ['nothing', () => undefined, 'Expected a key manager, such as OpenAIKeyManager.fromEnv(); the value is undefined.'],
    ['a Promise', async () => managerOf(['K1']), 'the value is a Promise: await it first.'],
    ['a manager itself', managerOf(['K1']), 'the value is a key manager. Write () => OpenAIKeyManager.fromEnv().'],
    ['a class', ApiKeyManager, 'the value is a class. Write () => OpenAIKeyManager.fromEnv().'],
  ])('is refused when its function is or returns %s', (_name, create, message) => {
    const register = () => registry.registerOnce(provider, create as never);
    expect(register).toThrow(InvalidOptionsError);
    expect(register).toThrow(message);
    expect(registry.has(provider)).toBe(false);
  });

  it('is refused a default that is not a function, or returns anything else', () => {
    expect(() => registry.registerDefault(provider, managerOf(['K1']) as never)).toThrow(
      'is a key manager. Write () =>',
    );
    registry.registerDefault(provider, (() => {}) as never);
    expect(() => registry.get(provider)).toThrow('Expected a key manager');
  });
});

describe('a manager that replaces another one', () => {
  const refused = fails({ kind: 'invalid-key', reason: 'revoked' });
  const limited = fails({ kind: 'rate-limited', reason: 'slow_down', retryAfterMs: 60_000, bucket: 'search' });

  /** A manager with one call behind it: K1 is refused, K2 is limited in one bucket, K3 answers. */
  async function usedManager(options: KeyManagerOptions = {}): Promise<ApiKeyManager> {
    const manager = managerOf(['K1', 'K2', 'K3'], options);
    registry.register(manager);
    await manager.retryWithFallback(
      (key) => (key === 'K1' ? refused(key, runtime) : key === 'K2' ? limited(key, runtime) : 'fine'),
      { operation: 'search' },
    );
    return manager;
  }

  function summary(manager: ApiKeyManager): unknown[] {
    return manager.status().keys.map(({ state, availableAtMs, usage }) => ({ state, availableAtMs, usage }));
  }

  it('knows nothing of one with another clock, such as that of the last test', async () => {
    await usedManager();
    const after = managerOf(['K1', 'K2'], { runtime: new FakeRuntime() });
    registry.register(after, { replace: true });
    expect(summary(after)).toMatchObject([{ state: 'healthy', usage: { attempts: 0 } }, { usage: { attempts: 0 } }]);
  });

  it('knows the same of the same keys: states, usage and limits of an operation', async () => {
    const before = await usedManager();
    before.disable('K3');
    const after = managerOf(['K4', 'K3', 'K2', 'K1']);
    registry.register(after, { replace: true });
    const [k4, ...same] = summary(after);
    expect(same.toReversed()).toEqual(summary(before));
    expect(k4).toMatchObject({ state: 'healthy', usage: { attempts: 0 } });
    expect(after.getCurrentKey()).toBe('K4');
    const [, , bucketsOfK2] = after.status().keys.map(({ buckets }) => buckets);
    expect(bucketsOfK2).toMatchObject([{ bucket: 'search', state: 'cooling' }]);
    expect(bucketsOfK2).toEqual(before.status().keys[1]?.buckets);
  });

  it('knows it also where it replaces the default of an adapter', async () => {
    registry.registerDefault(provider, () => managerOf(['K1', 'K2']));
    registry.get(provider).markKeyFailed('K1', 'quota-exhausted');
    const after = managerOf(['K1', 'K2']);
    registry.register(after);
    expect(after.getFailedKeys()).toEqual(['K1']);
    expect(after.getCurrentKey()).toBe('K2');
  });

  it('lets its keys recover, and counts on', async () => {
    const before = await usedManager();
    const after = managerOf(['K1', 'K2', 'K3']);
    registry.register(after, { replace: true });
    await after.retryWithFallback((key) => key);
    expect(after.status().keys.map(({ usage }) => usage.attempts)).toEqual([1, 2, 1]);
    expect(before.status().keys.map(({ usage }) => usage.attempts)).toEqual([1, 1, 1]);
    await runtime.pass(300_000);
    expect(after.status().keys[0]?.state).toBe('recovering');
    after.reset();
    expect(after.status().keys[0]?.state).toBe('healthy');
    expect(before.status().keys[0]?.state).toBe('recovering');
  });

  it('keeps what it knows itself, and joins the facts', () => {
    const before = managerOf(['K1', 'K2']);
    registry.register(before);
    before.disable('K1');
    before.markKeyFailed('K2', 'quota-exhausted');
    const after = managerOf(['K1', 'K2']);
    after.markKeyFailed('K1', 'rate-limited');
    registry.register(after, { replace: true });
    expect(after.status().keys.map(({ state }) => state)).toEqual(['disabled', 'cooling']);
  });

  it('is quiet about it', async () => {
    await usedManager();
    const after = managerOf(['K1', 'K2', 'K3']);
    const heard = vi.fn<() => void>();
    for (const name of ['key.disabled', 'key.cooled-down', 'key.suspected'] as const) after.on(name, heard);
    registry.register(after, { replace: true });
    expect(heard).not.toHaveBeenCalled();
  });

  it('counts each attempt once for all processes, with the same store', async () => {
    const store = new MemoryStore({ now: () => runtime.now() });
    const before = await usedManager({ store });
    await before.ready();
    await before.close();
    const after = managerOf(['K1', 'K2', 'K3'], { store });
    registry.register(after, { replace: true });
    await after.ready();
    await after.retryWithFallback((key) => key);
    const other = managerOf(['K1', 'K2', 'K3'], { store });
    await after.close();
    await other.ready();
    other.status();
    await settle();
    const attempts = (manager: ApiKeyManager) =>
      manager.status().keys.map(({ sharedUsage, usage }) => [usage.attempts, sharedUsage?.attempts]);
    expect(attempts(after)).toEqual([
      [1, 1],
      [2, 2],
      [1, 1],
    ]);
    expect(attempts(other)).toEqual([
      [0, 1],
      [0, 2],
      [0, 1],
    ]);
    await other.close();
  });

  it('brings its counts into a store that does not have them', async () => {
    await usedManager();
    const store = new MemoryStore({ now: () => runtime.now() });
    const after = managerOf(['K1', 'K2', 'K3'], { store });
    registry.register(after, { replace: true });
    await after.ready();
    await after.close();
    const other = managerOf(['K1', 'K2', 'K3'], { store });
    await other.ready();
    expect(other.status().keys.map(({ sharedUsage }) => sharedUsage?.attempts)).toEqual([1, 1, 1]);
    expect(other.status().keys[0]?.state).toBe('disabled');
    await other.close();
  });

  it('that comes back counts what it has handed over once', async () => {
    const store = new MemoryStore({ now: () => runtime.now() });
    const before = await usedManager({ store });
    await before.ready();
    const after = managerOf(['K1', 'K2', 'K3'], { store });
    await after.ready();
    for (let times = 0; times < 2; times++) {
      registry.register(after, { replace: true });
      await after.retryWithFallback((key) => key);
      registry.register(before, { replace: true });
      await before.retryWithFallback((key) => key);
    }
    const counts = before.status().keys.map(({ usage }) => [usage.attempts, usage.today.attempts]);
    expect(counts).toEqual([
      [1, 1],
      [5, 5],
      [1, 1],
    ]);
    await Promise.all([before.close(), after.close()]);
    const other = managerOf(['K1', 'K2', 'K3'], { store });
    await other.ready();
    expect(other.status().keys.map(({ sharedUsage }) => sharedUsage?.attempts)).toEqual([1, 5, 1]);
    await other.close();
  });

  it('adds what one without a common past has counted', async () => {
    const before = await usedManager();
    registry.register(managerOf(['K1', 'K2', 'K3']), { replace: true });
    registry.unregister(provider);
    await usedManager();
    registry.register(before, { replace: true });
    expect(before.status().keys.map(({ usage }) => usage.attempts)).toEqual([2, 2, 2]);
  });

  it.each<[unknown, string]>([
    [{ replcae: true }, 'Unknown option "replcae". Did you mean "replace"?'],
    [true, '"options" must be an object; it is of type boolean. Write { replace: true }, for example.'],
    [null, '"options" must be an object; it is null.'],
  ])('is not registered with the options %j', (options, message) => {
    expect(() => registry.register(managerOf(['K1']), options as never)).toThrow(message);
    expect(registry.has(provider)).toBe(false);
  });
});

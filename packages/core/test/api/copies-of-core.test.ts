import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { rateLimited, scriptedAdapter, ScriptedError } from '../scripted-keys.ts';

async function copyOfCore(): Promise<typeof import('../../src/index.ts')> {
  vi.resetModules();
  return import('../../src/index.ts');
}

afterEach(() => vi.resetModules());

/** Makes calls through one copy of this package with a manager of another copy. */
async function acrossCopies() {
  const copies = [await copyOfCore(), await copyOfCore()] as const;
  const runtime = new FakeRuntime();
  const manager = new copies[0].ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
  copies[0].registry.unregister(manager.provider);
  copies[0].registry.register(manager);
  const provider = copies[1].customProvider('scripted');
  const call = (attempt: (key: string) => unknown) =>
    copies[1].wrapWithFallback(async (key) => attempt(key), { provider, maxRetries: 1 })();
  return { manager, runtime, call, state: () => manager.status().keys[0]?.state };
}

describe('a manager that another copy of this package calls', () => {
  it('recovers a key after its cooldown', async () => {
    const { runtime, call, state } = await acrossCopies();
    await call((key) => (key === 'K1' ? rateLimited(1000)(key, runtime) : key));
    expect(state()).toBe('cooling');
    runtime.set(1000);
    await expect(call((key) => key)).resolves.toBe('K1');
    expect(state()).toBe('healthy');
  });

  it('applies a failure after an operator has enabled the key', async () => {
    const { manager, call, state } = await acrossCopies();
    manager.disable('K1');
    manager.enable('K1');
    const invalid = new ScriptedError(() => ({ kind: 'invalid-key', reason: 'scripted' }));
    await call((key) => (key === 'K1' ? Promise.reject(invalid) : key));
    expect(state()).toBe('disabled');
  });
});

describe('a manager that replaces one of another copy of this package', () => {
  it('knows the same of the same keys', async () => {
    const [one, other] = [await copyOfCore(), await copyOfCore()];
    const runtime = new FakeRuntime();
    const options = { logger: false, runtime } as const;
    const before = new one.ApiKeyManager(scriptedAdapter, ['K1', 'K2'], options);
    one.registry.unregister(before.provider);
    one.registry.register(before);
    before.markKeyFailed('K1', 'quota-exhausted');
    await before.retryWithFallback((key) => key);
    const after = new other.ApiKeyManager(scriptedAdapter, ['K1', 'K2'], options);
    other.registry.register(after, { replace: true });
    expect(after.status().keys.map(({ state, usage }) => [state, usage.attempts])).toEqual([
      ['cooling', 0],
      ['healthy', 1],
    ]);
    expect(one.registry.get(one.customProvider(before.provider))).toBe(after);
  });
});

import { ApiKeyManager, registry } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

afterEach(() => registry.close());

function managerOf(pool: string): ApiKeyManager {
  return new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { pool, logger: false, runtime: new FakeRuntime() });
}

describe('registry.close({ managers })', () => {
  it('closes and unregisters only these', async () => {
    const [own, other, unregistered] = [managerOf('a'), managerOf('b'), managerOf('c')];
    registry.register(own);
    registry.register(other);
    const closed = [own, unregistered, other].map((each) => vi.spyOn(each, 'close'));
    await registry.close({ managers: [own, unregistered] });
    expect(closed.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0]);
    expect(registry.managers()).toEqual([other]);
    await expect(registry.close({ managers: ['scripted'] as never })).rejects.toThrow('Expected a key manager');
    await expect(registry.close({ manager: own } as never)).rejects.toThrow('managers');
  });
});

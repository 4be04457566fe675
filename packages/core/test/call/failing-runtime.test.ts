import { ApiKeyManager } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

it('an attempt ends, with its slot and its time limit, also when its failure cannot be judged', async () => {
  const runtime = Object.assign(new FakeRuntime({ stepped: true }), {
    random: () => {
      throw new Error('no random numbers');
    },
  });
  const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
  const call = manager.retryWithFallback(() => Promise.reject(new Error('down')), {
    attemptTimeout: 5000,
    backoff: 'exponential',
  });
  await expect(call).rejects.toThrow('no random numbers');
  expect(manager.status().keys.map(({ usage }) => usage.inUse)).toEqual([0, 0]);
  expect(runtime.asleep).toBe(0);
});

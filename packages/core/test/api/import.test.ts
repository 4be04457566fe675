import { join } from 'node:path';
import { expect, it } from 'vitest';
import { evaluateModule } from '../../../../test-support/evaluate-module.ts';

// workerd refuses timers and random values outside of a request.
it('importing core and making a manager starts no timer and draws no random value', async () => {
  const program = `
    const used = [];
    const watch = (owner, name) => {
      const original = owner[name].bind(owner);
      owner[name] = (...args) => (used.push(name), original(...args));
    };
    for (const name of ['setTimeout', 'setInterval', 'setImmediate']) watch(globalThis, name);
    for (const name of ['randomUUID', 'getRandomValues']) watch(crypto, name);
    watch(Math, 'random');
    const { ApiKeyManager } = await import('@api-key-fallback/core');
    const adapter = { name: 'house', displayName: 'House', env: 'HOUSE_KEY', classifyError: () => undefined };
    const manager = new ApiKeyManager(adapter, ['a-key-of-26-characters-abc', 'b-key-of-26-characters-abc']);
    console.log(JSON.stringify({ used, keys: manager.status().keys.length }));`;
  await expect(evaluateModule(program, join(import.meta.dirname, '../..'))).resolves.toEqual({ used: [], keys: 2 });
});

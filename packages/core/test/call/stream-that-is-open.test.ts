import { ApiKeyManager, customProvider, registry, wrapWithFallback } from '@api-key-fallback/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { poolOf } from '../../src/pool/pool-of.ts';
import { FakeRuntime, outcomeNow } from '../fake-runtime.ts';
import { rateLimited, scriptedAdapter, transient } from '../scripted-keys.ts';

const provider = customProvider('scripted');

describe('a stream that is open', () => {
  let runtime: FakeRuntime;
  let manager: ApiKeyManager;
  const failNow = (outcome: typeof transient) => () => outcome('K1', runtime);

  beforeEach(() => {
    runtime = new FakeRuntime({ stepped: true });
    manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime, retryBudget: { tokens: 3 } });
    registry.unregister(manager.provider);
    registry.register(manager);
  });

  /** Opens a stream that sends one chunk after so many failures, and another one in ten minutes or never. */
  async function open(failures = 0, second: () => unknown = () => runtime.pass(600_000)) {
    const stream = wrapWithFallback(
      async function* chunks(key) {
        if (failures-- > 0) transient(key, runtime);
        yield 'first';
        await second();
      },
      { provider, delay: 100 },
    )();
    const first = stream.next();
    await runtime.advance(1000);
    await expect(first).resolves.toEqual({ value: 'first', done: false });
    return stream;
  }

  async function breakKey(): Promise<void> {
    const call = manager.retryWithFallback(failNow(rateLimited(5000))).catch(() => {});
    await runtime.advance(6000);
    await call;
  }

  it('has shown that its key is back', async () => {
    await breakKey();
    expect(manager.status().keys[0]?.state).toBe('recovering');
    await open();
    expect(manager.status().keys[0]?.state).toBe('healthy');
    const call = manager.retryWithFallback(() => 'served', { onExhausted: 'wait' });
    await expect(outcomeNow(call)).resolves.toEqual({ value: 'served' });
  });

  it('still counts against its key when it breaks', async () => {
    await breakKey();
    const stream = await open(0, failNow(transient));
    await expect(stream.next()).rejects.toThrow('scripted failure');
    expect(manager.status().keys[0]?.state).toBe('suspect');
  });

  it('keeps no token that other calls would wait for', async () => {
    await open(1);
    for (let call = 0; call < 4; call++) {
      const failing = manager.retryWithFallback(failNow(transient), { delay: 10 });
      failing.catch(() => {});
      await runtime.advance(1000);
      await expect(outcomeNow(failing)).resolves.toHaveProperty('error.code', 'ALL_KEYS_FAILED');
    }
  });

  it('counts once for what is learned of a key: with its first chunk, and not again at its end', async () => {
    const counted = vi.spyOn(poolOf(manager).traffic, 'onSuccess');
    const stream = await open(0, () => undefined);
    expect(counted).toHaveBeenCalledTimes(1);
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
    expect(counted).toHaveBeenCalledTimes(1);
  });
});

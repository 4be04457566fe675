import { describe, expect, it } from 'vitest';
import { invalidKey, ok, quotaExhausted, rateLimited, scriptKeys, transient } from '../scripted-keys.ts';

const waiting = { maxRetries: 1, onExhausted: 'wait' } as const;

describe('a call that waits for keys', () => {
  it('sleeps just until the first key is back', async () => {
    const keys = scriptKeys({ K1: [rateLimited(30_000), ok], K2: [rateLimited(10_000), ok] });
    await expect(keys.call(waiting)).resolves.toBe('K2');
    expect(keys.calls).toEqual(['K1', 'K2', 'K2']);
    expect(keys.sleeps).toEqual([10_000]);
  });

  it('fails at once when the first key is not back in time', async () => {
    const keys = scriptKeys({ K1: [rateLimited(45_000)] });
    await expect(keys.call({ ...waiting, maxWait: 30_000 })).rejects.toMatchObject({ retryAfterMs: 45_000 });
    expect(keys.sleeps).toEqual([]);
  });

  it('waits for a minute in all, unless told otherwise', async () => {
    const keys = scriptKeys({ K1: [rateLimited(40_000), rateLimited(40_000), ok] });
    const error: unknown = await keys.call(waiting).catch((thrown: unknown) => thrown);
    expect(keys.sleeps).toEqual([40_000]);
    expect(error).toMatchObject({ attempts: [{ attemptNumber: 1 }, { attemptNumber: 1 }], retryAfterMs: 40_000 });
  });

  it('does not wait when waiting does not help', async () => {
    for (const outcome of [invalidKey(), transient]) {
      const keys = scriptKeys({ K1: [outcome] });
      await expect(keys.call(waiting)).rejects.toMatchObject({ name: 'AllKeysFailedError' });
      expect(keys.sleeps).toEqual([]);
    }
  });

  it('does not wait unless it is asked to', async () => {
    const keys = scriptKeys({ K1: [rateLimited(10)] });
    await expect(keys.call({ maxRetries: 1 })).rejects.toMatchObject({ retryAfterMs: 10 });
    expect(keys.sleeps).toEqual([]);
  });

  it('waits before its first attempt, too', async () => {
    const keys = scriptKeys({ K1: [quotaExhausted(20_000), ok] });
    await keys.call({ maxRetries: 1 }).catch(() => {});
    await keys.runtime.advance(5000);
    await expect(keys.call(waiting)).resolves.toBe('K1');
    expect(keys.sleeps).toEqual([15_000]);
  });

  it('ends its sleep with the reason of an abort', async () => {
    const keys = scriptKeys({ K1: [rateLimited(10_000)] }, { stepped: true });
    const controller = new AbortController();
    const call = keys.call({ ...waiting, signal: controller.signal });
    call.catch(() => {});
    await keys.runtime.advance(5000);
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(keys.key('K1').state).toBe('cooling');
  });
});

import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { callerError, invalidKey, ok, quotaExhausted, rateLimited, scriptKeys, transient } from '../scripted-keys.ts';

const hundred = Array.from({ length: 100 });

describe('the retry budget', () => {
  it('keeps an outage from multiplying the requests', async () => {
    const keys = scriptKeys(
      { K1: [transient], K2: [transient], K3: [transient], K4: [transient] },
      { retryBudget: {} },
    );
    const noDelay = { delay: 0 };
    for (let call = 0; call < 1000; call++) {
      await expect(keys.call(noDelay)).rejects.toMatchObject({ reason: 'unavailable' });
    }
    expect(keys.calls.length).toBeLessThanOrEqual(1.3 * 1000);
    expect(keys.calls.length).toBeGreaterThanOrEqual(1000);
  });

  it('says so in the error and in the log', async () => {
    const lines: string[] = [];
    const line = (text: string) => void lines.push(text);
    const logger = { debug: line, info: line, warn: line, error: line };
    const keys = scriptKeys({ K1: [transient], K2: [transient] }, { retryBudget: { tokens: 0 }, logger });
    await keys.call({ maxRetries: 1 }).catch(() => {});
    await keys.call({ maxRetries: 1 }).catch(() => {});
    await expect(keys.call({ maxRetries: 1 })).rejects.toThrow(
      'Gave up on Scripted after 1 attempt: the retry budget is spent (unavailable). Last, with key 1:',
    );
    expect(lines.at(-1)).toBe('Scripted: Gave up (unavailable)');
  });

  it('allows one call to walk over every key', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [transient], K3: [transient] }, { retryBudget: {} });
    await expect(keys.call({ maxRetries: 4 })).rejects.toMatchObject({ reason: 'unavailable' });
    expect(keys.calls).toHaveLength(12);
  });

  it('tells once that it is spent, and again when it is spent anew', async () => {
    const keys = scriptKeys({ K1: [transient] }, { retryBudget: {} });
    const events = recordEvents(keys.manager, ['budget.exhausted']);
    for (const _ of hundred) await keys.call({ delay: 0 }).catch(() => {});
    expect(events.length).toBeGreaterThan(0);
    const toldBefore = events.length;
    await keys.runtime.advance(60_000);
    for (const _ of hundred) await keys.call({ delay: 0 }).catch(() => {});
    expect(events.length).toBeGreaterThan(toldBefore);
  });

  it('comes back with a success, and with quiet time', async () => {
    const keys = scriptKeys({ K1: [transient] }, { retryBudget: {} });
    for (const _ of hundred) await keys.call({ delay: 0 }).catch(() => {});
    const requestsOf = async (): Promise<number> => {
      const before = keys.calls.length;
      await keys.call({ delay: 0 }).catch(() => {});
      return keys.calls.length - before;
    };
    expect(await requestsOf()).toBe(1);
    keys.runtime.set(40 * 30_000);
    expect(await requestsOf()).toBe(3);
  });

  it.each([
    ['an invalid key', invalidKey(1)],
    ['a used-up quota', quotaExhausted(1)],
    ['a rate limit', rateLimited(1)],
  ])('is not touched by going on to the next key after %s', async (_name, outcome) => {
    const keys = scriptKeys({ K1: [outcome], K2: [ok] }, { retryBudget: { tokens: 0 } });
    for (const _ of hundred) {
      keys.manager.reset();
      await expect(keys.call({ maxRetries: 1 })).resolves.toBe('K2');
    }
  });

  it('is not touched by errors of the caller', async () => {
    const keys = scriptKeys({ K1: [callerError, transient, ok] }, { retryBudget: { tokens: 1 } });
    await keys.call().catch(() => {});
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('can be switched off', async () => {
    const keys = scriptKeys({ K1: [transient] }, { retryBudget: false });
    for (const _ of hundred) await keys.call().catch(() => {});
    expect(keys.calls).toHaveLength(300);
  });

  it.each([[{ tokens: -1 }], [{ tokens: Number.NaN }], [{ tokens: 1.5 }], [{ ratio: 0.2 } as object]])(
    'cannot be %j, and constructing says so',
    (retryBudget) => {
      expect(() => scriptKeys({ K1: [ok] }, { retryBudget })).toThrow(/retryBudget/);
    },
  );
});

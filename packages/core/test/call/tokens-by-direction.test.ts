import { currentAttempt, type ApiKeyManager, type FallbackOptions } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { ok, scriptKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { closeLater, join, pass } from '../sync/virtual-processes.ts';
import { answer, events, json, statingManager, type StatingClient } from './stating-keys.ts';

const nothing = { tokens: 0, inputTokens: 0, outputTokens: 0 };

function tokensIn({ tokens, inputTokens, outputTokens }: typeof nothing): typeof nothing {
  return { tokens, inputTokens, outputTokens };
}

function usageOf(manager: ApiKeyManager<StatingClient>): typeof nothing {
  return tokensIn(manager.status().keys[0]?.usage ?? nothing);
}

/** What a key has used after a call of this method. */
async function after(method: (client: StatingClient) => unknown, options: FallbackOptions = {}) {
  const manager = statingManager();
  await manager.retryWithFallback(method, { inject: 'client', ...options } as never);
  return usageOf(manager);
}

describe('the tokens of a key, by direction,', () => {
  it('are those that the value of a method states, also those that limits do not count', async () => {
    const usage = { tokens: 22, inputTokens: 70, outputTokens: 12 };
    expect(await after(() => answer({ in: 70, out: 12, free: 60 }))).toEqual(usage);
  });

  it('are 0 for an estimate, and for a statement without directions', async () => {
    expect(await after(() => 'text', { cost: { tokens: 50 } })).toEqual({ ...nothing, tokens: 50 });
    expect(await after(() => answer({ all: 99 }))).toEqual({ ...nothing, tokens: 99 });
  });

  it('are those of a statement that also says how many count', async () => {
    expect(await after(() => answer({ all: 99, in: 1 }))).toEqual({ tokens: 99, inputTokens: 1, outputTokens: 0 });
  });

  it('take the place of an estimate', async () => {
    const usage = { tokens: 9, inputTokens: 7, outputTokens: 2 };
    expect(await after(() => answer({ in: 7, out: 2 }), { cost: { tokens: 50 } })).toEqual(usage);
  });

  it('add up over the bodies of an attempt, and count once in its value', async () => {
    const two = async (client: StatingClient) => {
      await client.send(json({ in: 10, out: 1 })).json();
      return client.send(json({ in: 20, out: 2 })).json();
    };
    expect(await after(two)).toEqual({ tokens: 33, inputTokens: 30, outputTokens: 3 });
  });

  it('are the last ones that a stream states', async () => {
    const stream = events({ in: 50, out: 1 }, { out: 5 });
    expect(await after((client) => client.send(stream).text())).toEqual({
      tokens: 55,
      inputTokens: 50,
      outputTokens: 5,
    });
  });

  it('are those of a body that is read after the end of the attempt', async () => {
    const manager = statingManager();
    const body = await manager.retryWithFallback(async (client) => client.send(json({ in: 10, out: 1 })), {
      inject: 'client',
    });
    expect(usageOf(manager)).toEqual(nothing);
    await body.json();
    expect(usageOf(manager)).toEqual({ tokens: 11, inputTokens: 10, outputTokens: 1 });
  });

  it('are those that spent() states, also without a limit', async () => {
    const keys = scriptKeys({ K1: [ok] });
    await keys.manager.retryWithFallback(() => {
      currentAttempt().spent({ inputTokens: 20, outputTokens: 1 });
      currentAttempt().spent({ inputTokens: 5, uncountedTokens: 4, outputTokens: 2 });
      currentAttempt().spent({ tokens: 2 });
    });
    const usage = { tokens: 26, inputTokens: 25, outputTokens: 3 };
    expect(keys.key('K1')).toMatchObject({
      usage: { ...usage, today: usage },
      sharedUsage: { ...usage, today: usage },
    });
  });

  it('are not read from answers while nothing counts them', async () => {
    const manager = statingManager({ limits: { concurrency: 5 } });
    await manager.retryWithFallback(() => answer({ in: 7, out: 2 }));
    expect(usageOf(manager)).toEqual(nothing);
  });
});

describe('the tokens of all processes, by direction,', () => {
  const spend = ({ manager }: { readonly manager: ApiKeyManager }) =>
    manager.retryWithFallback(() => currentAttempt().spent({ inputTokens: 20, outputTokens: 1 }));

  it('are in the store', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [ok] }), join(store, { K1: [ok] })];
    await exchange();
    await spend(a);
    await pass(1000, store, a, b);
    b.manager.status();
    await pass(1000, store, a, b);
    expect(b.key('K1')).toMatchObject({
      usage: { inputTokens: 0 },
      sharedUsage: { tokens: 21, inputTokens: 20, outputTokens: 1, today: { inputTokens: 20, outputTokens: 1 } },
    });
  });

  it('are 0 where an earlier version has not stored them', async () => {
    const store = new UnreliableStore();
    const keys = closeLater(scriptKeys({ K1: [ok] }, { store, stepped: true }));
    keys.runtime.set(store.time);
    const { keyId } = keys.key('K1');
    const totals = new Map([[keyId, [3, 3, 0, 0, 0, 0, 0, 3, 40]]]);
    const counters = [{ window: 'total', expiresAtMs: store.time + 1e9, totals }];
    const request = { pool: 'scripted', instance: 'old', facts: new Map(), withTotals: false, seen: undefined };
    await store.sync({ ...request, counters });
    await exchange();
    expect(keys.key('K1').sharedUsage).toMatchObject({ attempts: 3, tokens: 40, inputTokens: 0, outputTokens: 0 });
    await spend(keys);
    await pass(1000, store, keys);
    expect(keys.key('K1').sharedUsage).toMatchObject({ attempts: 4, tokens: 61, inputTokens: 20, outputTokens: 1 });
  });
});

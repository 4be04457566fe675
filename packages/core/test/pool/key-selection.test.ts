import {
  ApiKeyManager,
  currentAttempt,
  InvalidOptionsError,
  type KeyCandidate,
  type KeyStrategy,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { invalidKey, ok, scriptedAdapter, scriptKeys, transient, takes } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

it('fails a call whose strategy throws, and tells it', async () => {
  const strategy = (): never => {
    throw new Error('no choice');
  };
  const { manager, call } = scriptKeys({ K1: [ok] }, { strategy });
  const events = recordEvents(manager, ['call.failed']);
  await expect(call()).rejects.toThrow('no choice');
  expect(events).toHaveLength(1);
});

function leastRunning(candidates: readonly KeyCandidate[]): KeyCandidate | undefined {
  return candidates.toSorted((a, b) => a.usage.inUse - b.usage.inUse)[0];
}

describe('the strategy', () => {
  it('in-order takes the first key again and again', async () => {
    const { call, calls } = scriptKeys({ K1: [ok], K2: [ok] });
    await call();
    await call();
    expect(calls).toEqual(['K1', 'K1']);
  });

  it('round-robin takes each key in turn', async () => {
    const { call, calls } = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { strategy: 'round-robin' });
    for (let number = 0; number < 7; number++) await call();
    expect(calls).toEqual(['K1', 'K2', 'K3', 'K1', 'K2', 'K3', 'K1']);
  });

  it('round-robin takes each client in turn, those first made among them', async () => {
    const adapter = { createClient: (key: string) => ({ key }) };
    const { manager } = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { strategy: 'round-robin', adapter });
    const used: unknown[] = [];
    for (let number = 0; number < 7; number++) {
      await manager.retryWithFallback(() => void used.push(currentAttempt().apiKey), { inject: 'client' });
    }
    expect(used).toEqual(['K1', 'K2', 'K3', 'K1', 'K2', 'K3', 'K1']);
  });

  it('round-robin leaves out keys that are out', async () => {
    const { call, calls } = scriptKeys({ K1: [ok], K2: [invalidKey()], K3: [ok] }, { strategy: 'round-robin' });
    for (let number = 0; number < 4; number++) await call(once);
    expect(calls).toEqual(['K1', 'K2', 'K3', 'K1', 'K3']);
  });

  it('least-used takes the key with the fewest running attempts, then the fewest attempts', async () => {
    const script = { K1: [takes(10, ok)], K2: [takes(10, ok)], K3: [takes(10, ok)] } as const;
    const { call, calls, runtime } = scriptKeys(script, { strategy: 'least-used', stepped: true });
    const running = [call(), call(), call()];
    await settle();
    expect(calls).toEqual(['K1', 'K2', 'K3']);
    await runtime.advance(10);
    await Promise.all(running);
    const next = call();
    await settle();
    const last = call();
    await runtime.advance(10);
    await Promise.all([next, last]);
    expect(calls).toEqual(['K1', 'K2', 'K3', 'K1', 'K2']);
  });

  it.each<[string, KeyStrategy, readonly string[]]>([
    ['least-used among suspect keys', 'least-used', ['K1', 'K2', 'K3', 'K1', 'K2', 'K3']],
    ['a function', leastRunning, ['K1', 'K2', 'K3', 'K1', 'K2', 'K3']],
  ])('sees the calls of the same moment: %s', async (_name, strategy, expected) => {
    const keys = scriptKeys({ K1: [transient, ok], K2: [transient, ok], K3: [transient, ok] }, { strategy });
    await keys.call(once).catch(() => {});
    const used: string[] = [];
    await Promise.all(expected.map(() => keys.manager.retryWithFallback(async (key) => void used.push(key))));
    expect(used).toEqual(expected);
  });

  it('can be a function, which sees no key', async () => {
    const seen: KeyCandidate[][] = [];
    const strategy: KeyStrategy = (candidates) => {
      seen.push([...candidates]);
      return candidates.at(-1);
    };
    const { call, calls } = scriptKeys({ K1: [ok], K2: [ok], K3: [transient] }, { strategy });
    await call(once);
    expect(calls).toEqual(['K3', 'K2']);
    expect(seen[0]?.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
    expect(seen[1]?.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    expect(JSON.stringify(seen)).not.toMatch(/"K\d"/);
  });

  it('that picks nothing known leaves the order as it is', async () => {
    const { call, calls } = scriptKeys({ K1: [ok], K2: [ok] }, { strategy: () => undefined });
    await call();
    expect(calls).toEqual(['K1']);
  });

  it.each<KeyStrategy>(['in-order', 'round-robin', 'least-used', 'most-remaining', (candidates) => candidates.at(-1)])(
    'puts a suspect key last and tries every key before it gives up: %s',
    async (strategy) => {
      const { call, calls } = scriptKeys(
        { K1: [transient], K2: [transient], K3: [transient], K4: [transient] },
        { strategy },
      );
      await call(once).catch(() => {});
      expect(calls.toSorted()).toEqual(['K1', 'K2', 'K3', 'K4']);

      const suspects = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { strategy });
      suspects.manager.markKeyFailed('K1', 'transient');
      suspects.manager.markKeyFailed('K3', 'transient');
      await suspects.call();
      expect(suspects.calls).toEqual(['K2']);
    },
  );

  it.each(['random', '', null, 1])('is refused when it is %j', (strategy) => {
    const make = () => new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, strategy: strategy as KeyStrategy });
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow('strategy');
  });
});

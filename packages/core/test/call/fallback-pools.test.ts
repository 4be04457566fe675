import {
  AllKeysFailedError,
  ApiKeyManager,
  currentAttempt,
  customProvider,
  registry,
  wrapWithFallback,
  type Attempt,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { scriptedAdapter, ScriptedError } from '../scripted-keys.ts';
import { down, invalid, limited, LinkedPools } from './linked-pools.ts';

const provider = customProvider('scripted');

let pools: LinkedPools;

beforeEach(() => {
  pools = new LinkedPools();
});
afterEach(() => pools.close());

describe('fallbackTo', () => {
  it('lets a call go on in another pool when its keys are exhausted', async () => {
    const home = pools.managerOf('a', ['A1', 'A2'], { fallbackTo: 'shared' });
    const shared = pools.managerOf('shared', ['S1']);
    const [events, sharedEvents] = [recordEvents(home), recordEvents(shared)];
    pools.outcomes = { A1: limited(60_000), A2: invalid };
    const seen: Attempt[] = [];
    const result = await home.retryWithFallback(
      async (apiKey, attempt) => {
        seen.push(attempt);
        return pools.ask(apiKey);
      },
      { maxRetries: 1 },
    );
    expect([result, pools.calls]).toEqual(['S1', ['A1', 'A2', 'S1']]);
    expect(seen.map(({ pool, home: named }) => [pool, named.pool])).toEqual([
      ['a', 'a'],
      ['a', 'a'],
      ['shared', 'a'],
    ]);
    expect(new Set(seen.map(({ callId }) => callId)).size).toBe(1);
    const exhausted = events.filter(([name]) => name === 'keys.exhausted');
    expect(exhausted).toMatchObject([
      ['keys.exhausted', { pool: 'a', reason: 'mixed', attempts: 2, fallbackTo: { provider, pool: 'shared' } }],
    ]);
    expect(events.map(([name]) => name)).not.toContain('call.failed');
    expect(sharedEvents.at(-1)).toMatchObject(['call.succeeded', { pool: 'shared', callId: seen[0]?.callId }]);
  });

  it('is off by default, and the next call begins with its own keys', async () => {
    const home = pools.managerOf('a', ['A1']);
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: limited(1000) };
    await expect(pools.call(home)).rejects.toThrow(AllKeysFailedError);
    registry.unregister('scripted', 'a');
    const linked = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.outcomes = {};
    pools.runtime.set(2000);
    await expect(pools.call(linked)).resolves.toBe('A1');
  });

  it('ends with an error that lists the attempts in all pools', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1', 'S2']);
    pools.outcomes = { A1: limited(60_000), S1: limited(20_000), S2: limited(30_000) };
    const failed: string[] = [];
    const error: unknown = await pools
      .call(home, {
        onFailedAttempt: ({ pool, key, keysLeft }) => failed.push(`${pool} ${key.label} ${keysLeft}`),
      })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ provider, pool: 'a', reason: 'rate-limited', retryAfterMs: 20_000 });
    expect((error as AllKeysFailedError).attempts).toMatchObject([
      { pool: 'a', label: 'key 1' },
      { pool: 'shared', label: 'key 1' },
      { pool: 'shared', label: 'key 2' },
    ]);
    expect((error as Error).message).toBe(
      'The only key of Scripted (a) failed after 1 attempt (rate-limited). ' +
        'All 2 keys of Scripted (shared) failed after 2 attempts (rate-limited). ' +
        'Last, with key 2: scripted failure. The first key is available again in 20 s.',
    );
    expect(failed).toEqual(['a key 1 0', 'shared key 1 1', 'shared key 2 0']);
    const again: unknown = await pools.call(home).catch((reason: unknown) => reason);
    expect(again).toMatchObject({ attempts: [], retryAfterMs: 20_000 });
  });

  it('goes on along a chain, and not in a circle', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'b' });
    pools.managerOf('b', ['B1'], { fallbackTo: 'c' });
    pools.managerOf('c', ['C1'], { fallbackTo: 'a' });
    pools.outcomes = { A1: invalid, B1: limited(60_000) };
    await expect(pools.call(home)).resolves.toBe('C1');
    pools.outcomes['C1'] = invalid;
    const error: unknown = await pools.call(home).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'mixed', pool: 'a', attempts: [{ pool: 'c' }] });
    expect(pools.calls).toEqual(['A1', 'B1', 'C1', 'C1']);
  });

  it('goes on with the manager of another provider', async () => {
    const stranger = pools.managerOf('default', ['O1'], {}, 'other');
    const home = pools.managerOf('a', ['A1'], { fallbackTo: stranger });
    pools.outcomes = { A1: invalid };
    const ofAttempt = await home.retryWithFallback(
      async (apiKey) => {
        pools.ask(apiKey);
        const { provider: of, pool, home: named } = currentAttempt();
        return [apiKey, of, pool, named.provider];
      },
      { maxRetries: 1 },
    );
    expect(ofAttempt).toEqual(['O1', 'other', 'default', 'scripted']);
    const withClient = home.retryWithFallback(async (client) => client, { inject: 'client', maxRetries: 1 });
    await expect(withClient).resolves.toEqual({ apiKey: 'O1', of: 'other' });
  });

  it('goes on when the key source has no keys', async () => {
    const broken = async () => {
      throw new Error('no vault');
    };
    const home = new ApiKeyManager(scriptedAdapter, broken, {
      pool: 'a',
      logger: false,
      runtime: pools.runtime,
      fallbackTo: 'shared',
    });
    registry.register(home);
    pools.managerOf('shared', ['S1']);
    await expect(pools.call(home)).resolves.toBe('S1');
    pools.outcomes = { S1: limited(60_000) };
    const error: unknown = await pools.call(home).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AllKeysFailedError);
    expect((error as Error).message).toMatch(/^The keys of Scripted \(a\) could not be loaded from .*no vault/);
    await home.close();
  });

  it('goes on when the list is empty or the retry budget is spent', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared', retryBudget: { tokens: 0 } });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: down };
    await expect(pools.call(home, { maxRetries: 3 })).resolves.toBe('S1');
    home.setKeys([], { allowEmpty: true });
    await expect(pools.call(home)).resolves.toBe('S1');
  });

  it('does not go on after a mistake of the caller, or when the provider may have done the work', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = {
      A1: () => {
        throw new TypeError('a bug');
      },
    };
    await expect(pools.call(home)).rejects.toThrow(TypeError);
    const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    pools.outcomes = {
      A1: () => {
        throw lost;
      },
    };
    await expect(pools.call(home, { idempotent: false })).rejects.toBe(lost);
    expect(pools.calls).toEqual(['A1', 'A1']);
  });

  it('prefers a key of its own pool that is back within the delay', async () => {
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    home.on('attempt.failed', () => delete pools.outcomes['A1']);
    pools.outcomes = { A1: limited(50) };
    await expect(pools.call(home, { maxRetries: 2 })).resolves.toBe('A1');
  });

  it('serves a stream until its first chunk, and counts its end in the other pool', async () => {
    pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    const shared = pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: invalid };
    const stream = wrapWithFallback(
      async function* read(apiKey: string) {
        yield pools.ask(apiKey);
        yield currentAttempt().pool;
        limited(60_000)();
      },
      { provider, pool: 'a', maxRetries: 1 },
    );
    const chunks: unknown[] = [];
    await expect(
      (async () => {
        for await (const chunk of stream()) chunks.push(chunk);
      })(),
    ).rejects.toThrow(ScriptedError);
    expect(chunks).toEqual(['S1', 'shared']);
    expect(shared.status().keys[0]).toMatchObject({
      state: 'cooling',
      usage: { inUse: 0, failures: { 'rate-limited': 1 } },
    });
  });

  it('is joined by a call that passes the key on, of the pool that was named and of the other one', async () => {
    pools.managerOf('a', ['A1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: invalid };
    const [inA, inShared] = ['a', 'shared'].map((pool) =>
      wrapWithFallback(async (apiKey, prompt: string) => `${prompt} ${apiKey}`, { provider, pool }),
    );
    const outer = wrapWithFallback(
      async (apiKey: string, inner: typeof inA) => {
        pools.ask(apiKey);
        return (inner as unknown as (key: string, prompt: string) => Promise<string>)(apiKey, 'hello');
      },
      { provider, pool: 'a', maxRetries: 1 },
    );
    await expect(outer(inA)).resolves.toBe('hello S1');
    await expect(outer(inShared)).resolves.toBe('hello S1');
  });
});

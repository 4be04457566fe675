import { AllKeysFailedError, ApiKeyManager, customProvider, registry, wrapWithFallback } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';
import { down, invalid, LinkedPools } from './linked-pools.ts';

const provider = customProvider('scripted');
let pools: LinkedPools;

beforeEach(() => {
  pools = new LinkedPools();
});
afterEach(() => pools.close());

describe('a call that goes on in another pool', () => {
  it('tries a key that both pools have once', async () => {
    const home = pools.managerOf('a', ['K1'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['K1', 'S1']);
    pools.outcomes = { K1: down, S1: down };
    await pools.call(home, { maxRetries: 2 }).catch(() => {});
    expect(pools.calls).toEqual(['K1', 'K1', 'S1', 'S1']);
  });

  it('does not follow a circle of pools that are made again and again', async () => {
    const make = (pool: string) => {
      const options = { pool, fallbackTo: pool === 'x' ? 'y' : 'x', logger: false, runtime: pools.runtime } as const;
      return new ApiKeyManager(scriptedAdapter, [`key of ${pool}`.replaceAll(' ', '-')], options);
    };
    registry.registerPools(provider, (pool) => make(pool));
    const ask = wrapWithFallback(
      async (apiKey: string) => {
        pools.calls.push(apiKey);
        registry.unregister('scripted', 'x');
        registry.unregister('scripted', 'y');
        return invalid();
      },
      { provider, pool: 'x', maxRetries: 1 },
    );
    await expect(ask()).rejects.toThrow(AllKeysFailedError);
    expect(pools.calls).toEqual(['key-of-x', 'key-of-y']);
  });

  it('leaves out a provider whose adapter makes no clients for a method that wants one', async () => {
    const { createClient: _none, ...adapter } = { ...scriptedAdapter, name: 'other', createClient: undefined };
    const stranger = new ApiKeyManager(adapter, ['O1'], { logger: false, runtime: pools.runtime });
    const home = pools.managerOf('a', ['A1'], { fallbackTo: stranger });
    home.disable('A1');
    const call = home.retryWithFallback(async (client) => client, { inject: 'client', maxRetries: 1 });
    await expect(call).rejects.toThrow(AllKeysFailedError);
  });

  it('reports the exhaustion of a source, and the first attempt of a call once', async () => {
    const broken = async () => {
      throw new Error('no vault');
    };
    const options = { pool: 'a', logger: false, runtime: pools.runtime, fallbackTo: 'shared' } as const;
    const home = new ApiKeyManager(scriptedAdapter, broken, options);
    registry.register(home);
    const shared = pools.managerOf('shared', ['S1']);
    const [exhausted, firsts]: [object[], boolean[]] = [[], []];
    home.on('keys.exhausted', (event) => exhausted.push(event));
    shared.on('attempt.started', ({ isFirst }) => firsts.push(isFirst));
    pools.outcomes = { S1: down };
    await pools.call(home, { maxRetries: 2 }).catch(() => {});
    expect(exhausted).toMatchObject([
      { pool: 'a', reason: 'unavailable', attempts: 0, fallbackTo: { pool: 'shared' } },
    ]);
    expect(firsts).toEqual([true, false]);
    await home.close();
  });
});

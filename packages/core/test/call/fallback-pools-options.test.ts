import { AllKeysFailedError, createKeyedFetch, customProvider, wrapWithFallback } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invalid, limited, LinkedPools } from './linked-pools.ts';

const provider = customProvider('scripted');

let pools: LinkedPools;

beforeEach(() => {
  pools = new LinkedPools();
});
afterEach(() => pools.close());

describe('fallbackTo of a keyed fetch', () => {
  const sent: string[] = [];
  const send: typeof fetch = async (input, init) => {
    const key = new Request(input, init).headers.get('authorization')?.slice('Bearer '.length) ?? '';
    sent.push(key);
    return new Response(key, { status: key.startsWith('bad') ? 401 : 200 });
  };

  beforeEach(() => void (sent.length = 0));

  it('sends the key of the other pool', async () => {
    pools.managerOf('a', ['bad-key-0000000001'], { fallbackTo: 'shared' });
    pools.managerOf('shared', ['good-key-0000000001']);
    const keyed = createKeyedFetch({ provider, pool: 'a', fetch: send, maxRetries: 1 });
    await expect((await keyed('http://127.0.0.1/')).text()).resolves.toBe('good-key-0000000001');
    const inside = wrapWithFallback(async () => (await keyed('http://127.0.0.1/')).text(), { provider, pool: 'a' });
    await expect(inside()).resolves.toBe('good-key-0000000001');
  });

  it('never sends the key of another provider', async () => {
    const stranger = pools.managerOf('default', ['strange-key-000001'], {}, 'other');
    pools.managerOf('a', ['bad-key-0000000001'], { fallbackTo: stranger });
    const keyed = createKeyedFetch({ provider, pool: 'a', fetch: send, maxRetries: 1 });
    expect((await keyed('http://127.0.0.1/')).status).toBe(401);
    const inside = wrapWithFallback(
      async (apiKey) => (apiKey === ('strange-key-000001' as string) ? keyed('http://127.0.0.1/') : invalid()),
      { provider, pool: 'a', maxRetries: 1 },
    );
    await expect(inside()).rejects.toThrow(AllKeysFailedError);
    expect(sent).toEqual(['bad-key-0000000001']);
  });
});

describe('the option fallbackTo', () => {
  it('warns once of a pool that is not registered, and the call fails as without it', async () => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const logger = { debug: log, info: () => {}, warn: log, error: log };
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shard', logger });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: invalid };
    for (let n = 0; n < 2; n++) await expect(pools.call(home)).rejects.toThrow(AllKeysFailedError);
    const warnings = lines.filter((line) => line.includes('fallbackTo'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Scripted \(a\): "fallbackTo" finds no keys\. Unknown pool "shard" of "scripted".*"shared"\?/,
      ),
    ]);
  });

  it('is a warning in the log, not an error', async () => {
    const lines: string[] = [];
    const log = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
    const logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared', logger });
    pools.managerOf('shared', ['S1'], { logger });
    pools.outcomes = { A1: limited(60_000) };
    await pools.call(home);
    expect(lines).toContain(
      'warn Scripted (a): All keys failed (rate-limited). The first one is back in 60 s. Continuing with scripted (shared)',
    );
    expect(lines.at(-1)).toBe('info Scripted (shared): Success with key 1/1');
  });

  it.each([
    ['its own pool', 'a', '"fallbackTo" must be another pool than that of the manager; it is "a".'],
    ['an empty name', '', '"fallbackTo" must be a text of 1 to 128 characters'],
    ['a number', 7, '"fallbackTo" must be the name of a pool, or a key manager; it is'],
    ['null', null, '"fallbackTo" must be the name of a pool, or a key manager; it is'],
    ['a list', ['shared'], '"fallbackTo" must be the name of a pool, or a key manager; it is'],
  ])('refuses %s', (_what, fallbackTo, message) => {
    expect(() => pools.managerOf('a', ['A1'], { fallbackTo: fallbackTo as never })).toThrow(message);
  });
});

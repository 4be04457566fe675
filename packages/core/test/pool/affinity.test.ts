import {
  createKeyedFetch,
  customProvider,
  injectKeys,
  InvalidOptionsError,
  registry,
  retryWithApiKeyFallback,
  useApiKeyFallback,
  wrapWithFallback,
  type ApiKey,
  type FallbackOptions,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { hangs, ok, scriptKeys, transient, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';

const once = { maxRetries: 1 };
const names = Array.from({ length: 10 }, (_, index) => `K${index}`);
const sessions = Array.from({ length: 10_000 }, (_, index) => `session-${index}`);
const someSessions = sessions.slice(0, 200);

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

function working(keys: readonly string[] = names, options: KeyManagerOptions = {}): ScriptedKeys {
  return scriptKeys(Object.fromEntries(keys.map((key) => [key, [ok] as const])), options);
}

/** The key of each session. */
async function keysOf(keys: ScriptedKeys, of: readonly string[] = someSessions): Promise<readonly string[]> {
  const used: string[] = [];
  for (const affinity of of) used.push((await keys.call({ affinity, ...once })) as string);
  return used;
}

function count(keys: readonly string[], key: string): number {
  return keys.filter((name) => name === key).length;
}

/** The keys in the order in which a session tries them. */
async function orderOf(affinity: string): Promise<readonly string[]> {
  const keys = scriptKeys(Object.fromEntries(names.map((key) => [key, [transient] as const])));
  await keys.call({ affinity, ...once }).catch(() => {});
  return keys.calls;
}

describe('calls with an affinity', () => {
  it('spread evenly over the keys, and move only from a lost key, to which they come back', async () => {
    const keys = working();
    const before = await keysOf(keys, sessions);
    for (const name of names) expect(Math.abs(count(before, name) - 1000)).toBeLessThan(80);
    keys.manager.removeKeys(['K3']);
    const without = await keysOf(keys, sessions);
    for (const [index, name] of before.entries()) expect(without[index] === name).toBe(name !== 'K3');
    const moved = without.filter((_, index) => before[index] === 'K3');
    for (const name of names.filter((other) => other !== 'K3')) {
      expect(Math.abs(count(moved, name) - moved.length / 9)).toBeLessThan(40);
    }
    keys.manager.addKeys(['K3']);
    expect(await keysOf(keys, sessions)).toEqual(before);
  });

  it('use the same key in every process, with any order of the list', async () => {
    const used = await keysOf(working(), sessions.slice(0, 12));
    expect(await keysOf(working(names.toReversed()), sessions.slice(0, 12))).toEqual(used);
    // A new version that answered otherwise would lose all caches.
    expect(used.join(' ')).toBe('K3 K3 K4 K9 K7 K8 K9 K7 K8 K4 K8 K8');
  });

  it.each(['in-order', 'round-robin', 'weighted', 'least-used', 'most-remaining', () => undefined] as const)(
    'go before the strategy %s',
    async (strategy) => {
      const keys = working(names, { strategy });
      const [first, second] = [await keysOf(keys), await keysOf(keys)];
      expect(second).toEqual(first);
      expect(new Set(first).size).toBe(10);
    },
  );

  it('are spread by the weights of the keys', async () => {
    const keys = working(['KA', 'KB']);
    const equal = await keysOf(keys, sessions);
    keys.manager.setKeys([{ key: 'KA', weight: 3 }, 'KB']);
    const used = await keysOf(keys, sessions);
    expect(Math.abs(count(used, 'KA') - 7500)).toBeLessThan(200);
    // A key that gets more weight only wins sessions.
    expect(equal.filter((key, index) => key === 'KA' && used[index] !== 'KA')).toEqual([]);
  });

  it('use a standby only when no other key is left', async () => {
    const keys = working(['KS', 'KA', 'KT', 'KB']);
    keys.manager.setKeys([{ key: 'KS', weight: 0 }, 'KA', { key: 'KT', weight: 0 }, 'KB']);
    expect(new Set(await keysOf(keys))).toEqual(new Set(['KA', 'KB']));
    keys.manager.disable('KA');
    expect(new Set(await keysOf(keys))).toEqual(new Set(['KB']));
    keys.manager.disable('KB');
    expect(new Set(await keysOf(keys))).toEqual(new Set(['KS', 'KT']));
  });
});

describe('a session', () => {
  it.each<[string, (keys: ScriptedKeys, key: string) => void, (keys: ScriptedKeys, key: string) => void]>([
    ['disabled', ({ manager }, key) => manager.disable(key), ({ manager }, key) => manager.enable(key)],
    ['cooling', ({ manager }, key) => void manager.markKeyFailed(key), ({ runtime }) => runtime.set(60_000)],
    [
      'suspect',
      ({ manager }, key) => void manager.markKeyFailed(key, 'transient'),
      ({ runtime }) => runtime.set(30_000),
    ],
  ])('moves to the next key in its order while its key is %s', async (_state, lose, recover) => {
    const affinity = 'session-1';
    const [own = '', next = '', third = ''] = await orderOf(affinity);
    const keys = working();
    await expect(keys.call({ affinity })).resolves.toBe(own);
    lose(keys, own);
    await expect(keys.call({ affinity })).resolves.toBe(next);
    lose(keys, next);
    await expect(keys.call({ affinity })).resolves.toBe(third);
    recover(keys, own);
    await expect(keys.call({ affinity })).resolves.toBe(own);
  });

  it('moves while its key has no room', async () => {
    const [own, next] = await orderOf('session-1');
    const keys = working(names, { limits: { requestsPerMinute: 1 } });
    await keys.call({ affinity: 'session-1' });
    await keys.call({ affinity: 'session-1' });
    keys.runtime.set(61_000);
    await keys.call({ affinity: 'session-1' });
    expect(keys.calls).toEqual([own, next, own]);
  });

  it('falls over to the next key in its order', async () => {
    const order = await orderOf('session-1');
    const script = Object.fromEntries(names.map((key) => [key, [key === order[2] ? ok : transient] as [Outcome]]));
    const keys = scriptKeys(script);
    await keys.call({ affinity: 'session-1', ...once });
    expect(keys.calls).toEqual(order.slice(0, 3));
  });

  it('stays on its key while that is busy and untested, and while all keys are suspect', async () => {
    const [own = '', other = ''] = await orderOf('session-1');
    const script = Object.fromEntries(names.map((key) => [key, [key === own ? hangs : ok] as [Outcome]]));
    const keys = scriptKeys(script, { stepped: true });
    keys.runtime.set(100_000);
    keys.manager.disable(other);
    for (let call = 0; call < 8; call++) void keys.call({ affinity: 'session-1' });
    await settle();
    expect(new Set(keys.calls)).toEqual(new Set([own]));
    const suspects = working();
    for (const key of names) suspects.manager.markKeyFailed(key, 'transient');
    await expect(suspects.call({ affinity: 'session-1' })).resolves.toBe(own);
  });

  it('yields to a pinned key', async () => {
    const keys = working();
    for (const affinity of someSessions) await expect(keys.call({ affinity, key: 'key 1' })).resolves.toBe('K0');
  });

  it('keeps a key in the pool where its calls go on', async () => {
    const keys = scriptKeys({ KX: [transient] }, { pool: 'a', fallbackTo: 'shared' });
    const shared = working(names, { pool: 'shared' });
    registry.register(keys.manager);
    registry.register(shared.manager);
    const [own] = await orderOf('session-1');
    const used = () =>
      keys.manager.retryWithFallback(
        async (key) => {
          if (key === 'KX') throw Object.assign(new Error('401'), { status: 401 });
          return key;
        },
        { affinity: 'session-1', ...once },
      );
    await expect(used()).resolves.toBe(own);
  });
});

describe('the affinity', () => {
  it('can be a function of the call, in a class, its methods and a wrapped function', async () => {
    registry.register(working().manager);
    const provider = customProvider('scripted');

    @useApiKeyFallback({ provider, affinity: ({ self }) => self.user })
    class Chat {
      user: string | undefined;

      @retryWithApiKeyFallback({})
      async byUser(apiKey: ApiKey<typeof provider>): Promise<string> {
        return apiKey;
      }

      @retryWithApiKeyFallback({ affinity: ({ args: [thread] }) => thread })
      async byThread(apiKey: ApiKey<typeof provider>, _thread: string): Promise<string> {
        return apiKey;
      }
    }
    const chat = injectKeys(new Chat()) as unknown as {
      user?: string;
      byUser(): Promise<string>;
      byThread(thread: string): Promise<string>;
    };
    const wrapped = wrapWithFallback(async (apiKey, _thread: string) => apiKey as string, {
      provider,
      affinity: ({ args: [thread] }) => thread,
    });
    const [own] = await orderOf('session-7');
    chat.user = 'session-7';
    expect([await chat.byUser(), await chat.byThread('session-7'), await wrapped('session-7')]).toEqual([
      own,
      own,
      own,
    ]);
    delete chat.user;
    expect([await chat.byUser(), await chat.byThread(undefined as never)]).toEqual(['K0', 'K0']);
  });

  it('can be an option of a keyed fetch and of one request', async () => {
    registry.register(working().manager);
    const sent: string[] = [];
    const send = async (_input: unknown, init?: RequestInit) => {
      sent.push(new Headers(init?.headers).get('authorization') ?? '');
      return new Response('ok');
    };
    const options = { provider: customProvider('scripted'), fetch: send as typeof fetch };
    const [own] = await orderOf('session-7');
    const headers = { authorization: 'Bearer replaced' };
    const byHeader = createKeyedFetch({
      ...options,
      affinity: ({ args: [, init] }) => new Headers(init.headers).get('x-session') ?? undefined,
    });
    await byHeader('https://api.example/', { headers: { ...headers, 'x-session': 'session-7' } });
    await createKeyedFetch(options)('https://api.example/', { headers, fallback: { affinity: 'session-7' } });
    expect(sent).toEqual([`Bearer ${own}`, `Bearer ${own}`]);
  });

  it.each<[FallbackOptions['affinity'], string]>([
    ['', '"affinity" must be a text of 1 to 256 characters in one line; it is empty.'],
    [7 as never, '"affinity" must be a text of 1 to 256 characters in one line; it is of type number.'],
    ['x'.repeat(257), '"affinity" must be a text of 1 to 256 characters in one line; it has 257.'],
    [
      () => 7 as never,
      'What the function of "affinity" returns must be a text of 1 to 256 characters in one line; it is of type number.',
    ],
    [
      (async () => 'session-7') as never,
      'The function of "affinity" must not be async: load the session before the call.',
    ],
  ])('is refused when it is %o', async (affinity, message) => {
    const { call, calls } = working();
    await expect(call({ affinity: affinity as never })).rejects.toThrow(InvalidOptionsError);
    await expect(call({ affinity: affinity as never })).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });
});

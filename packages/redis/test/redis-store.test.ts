import { randomUUID } from 'node:crypto';
import { InvalidOptionsError } from '@api-key-fallback/core';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { storeClients } from './store-clients.ts';
import { cooling, counted, fact, failure, listen, request } from './store-requests.ts';
import { TcpProxy } from './tcp-proxy.ts';

const url = inject('redisUrl');
const NotTyped = RedisStore as unknown as new (client?: unknown, options?: unknown) => RedisStore;

describe('the options of RedisStore', () => {
  const nothings = [undefined, null, {}, 'redis://localhost', new Map(), { duplicate() {} }];

  it.each(nothings)('rejects %o as a client, and says what to install', (client) => {
    const make = () => new NotTyped(client);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(/npm install ioredis.*npm install redis/s);
  });

  it('rejects a client of node-redis 4, which has no destroy()', () => {
    const names = ['connect', 'disconnect', 'duplicate', 'on', 'sendCommand', 'subscribe', 'unref'];
    const client = Object.fromEntries(names.map((name) => [name, () => {}]));
    expect(() => new NotTyped(client)).toThrow('node-redis 5 or later');
  });

  it.each([
    ['my-app', '"options" must be an object; it is of type string. Write new RedisStore(client, { prefix:'],
    [null, '"options" must be an object; it is null.'],
    [{ prefx: 'my-app' }, 'Unknown option "prefx". Did you mean "prefix"?'],
  ])('rejects %o as options', (options, message) => {
    const client = storeClients.ioredis(1);
    expect(() => new NotTyped(client, options)).toThrow(message);
  });

  it.each(['', 'a{b', 'a}b', 1, null, {}, 'a\nb', 'a\0b', 'x'.repeat(129)])('rejects %o as a prefix', (prefix) => {
    const client = storeClients.ioredis(1);
    expect(() => new NotTyped(client, { prefix })).toThrow(InvalidOptionsError);
  });
});

describe.skipIf(!url)('RedisStore', () => {
  const admin = new Redis(url ?? '', { lazyConnect: true });
  const prefixes: string[] = [];
  const port = Number(new URL(url ?? 'redis://x:1').port || 6379);

  function newPrefix(): string {
    const prefix = `test-${randomUUID()}`;
    prefixes.push(prefix);
    return prefix;
  }

  async function keysOf(prefix: string): Promise<string[]> {
    return (await admin.keys(`${prefix}*`)).toSorted();
  }

  afterAll(async () => {
    for (const prefix of prefixes) {
      const keys = await keysOf(prefix);
      if (keys.length > 0) await admin.del(keys);
    }
    admin.disconnect();
  });

  it.each(Object.entries(storeClients))(
    'connects only when it is first used, with %s',
    async (_library, makeClient) => {
      const proxy = await new TcpProxy(port).start();
      const through = new URL(url ?? '');
      through.host = `127.0.0.1:${proxy.port}`;
      const store = new RedisStore(makeClient(through.href), { prefix: newPrefix() });
      await store.close();
      const used = new RedisStore(makeClient(through.href), { prefix: newPrefix() });
      expect(proxy.accepted).toBe(0);
      await used.sync(request());
      expect(proxy.accepted).toBe(1);
      await listen(used);
      await listen(used, 'youtube');
      expect(proxy.accepted).toBe(2);
      await used.close();
      await proxy.stop();
    },
  );

  it('works with a closed client, and leaves an open one open', async () => {
    const closed = [new Redis(url ?? ''), await createClient({ url: url ?? '' }).connect()] as const;
    await closed[0].quit();
    await closed[1].close();
    const open = [new Redis(url ?? ''), await createClient({ url: url ?? '' }).connect()] as const;
    for (const client of [...closed, ...open]) {
      const store = new RedisStore(client, { prefix: newPrefix() });
      await expect(store.sync(request(fact('a')))).resolves.toMatchObject({ full: true });
      await store.close();
    }
    expect([await open[0].ping(), await open[1].ping()]).toEqual(['PONG', 'PONG']);
    open[0].disconnect();
    await open[1].close();
  });

  it('stores its data under these names, each with an expiry', async () => {
    const prefix = newPrefix();
    const store = new RedisStore(storeClients.ioredis(url ?? ''), { prefix });
    const { now } = await store.sync(request({ ...fact('a'), counters: [counted('a', [1])] }));
    const day = { ...counted('a', [1], '2026-11-22'), expiresAtMs: now + 60_000 };
    await store.sync(request({ pool: 'in {my} house:1', instance: 'a:b', counters: [day] }));
    const lease = await store.lease('openai', 'probe:a', 60_000);
    await lease?.renew?.(5000, 'a note');
    await store.close();

    const strange = `${prefix}:{in%20%7Bmy%7D%20house%3A1}`;
    const lives: Record<string, number> = {};
    for (const key of await keysOf(prefix)) lives[key] = await admin.pexpiretime(key);
    const days30 = now + 30 * 86_400_000;
    function around(time: number): number {
      return expect.closeTo(time, -4) as number;
    }
    expect(lives).toEqual({
      [`${prefix}:{openai}:1:l:probe%3Aa`]: around(now + 5000),
      [`${prefix}:{openai}:1:m`]: around(days30),
      [`${prefix}:{openai}:1:n:probe%3Aa`]: around(now + 86_400_000),
      [`${prefix}:{openai}:1:s`]: around(days30),
      [`${prefix}:{openai}:1:u:total`]: 4_000_000_000_000,
      [`${prefix}:{openai}:1:w:total:one`]: around(now + 2 * 86_400_000),
      [`${strange}:1:m`]: around(days30),
      [`${strange}:1:u:2026-11-22`]: now + 60_000,
      [`${strange}:1:w:2026-11-22:a%3Ab`]: now + 60_000,
    });
  });

  it('ignores the prefix of the client, and has a default prefix', async () => {
    const mine = newPrefix();
    const pool = randomUUID();
    prefixes.push(`akf:{${pool}}`);
    const clients = [
      new Redis(url ?? '', { lazyConnect: true, keyPrefix: mine }),
      createClient({ url: url ?? '', keyPrefix: mine }),
    ];
    for (const client of clients) {
      const store = new RedisStore(client);
      await store.sync(request({ ...fact('a'), pool }));
      await store.close();
    }
    expect(await keysOf(mine)).toEqual([]);
    expect(await keysOf(`akf:{${pool}}`)).toEqual([`akf:{${pool}}:1:m`, `akf:{${pool}}:1:s`]);
  });

  it('extends the expiry of records once a day, not with each request', async () => {
    const prefix = newPrefix();
    const store = new RedisStore(storeClients.ioredis(url ?? ''), { prefix });
    const key = `${prefix}:{openai}:1:s`;
    const { cursor } = await store.sync(request(fact('a')));
    const days = (count: number) => count * 86_400_000;
    for (const [left, kept] of [
      [days(29) + 60_000, days(29) + 60_000],
      [days(28), days(30)],
    ] as const) {
      for (const part of ['s', 'm']) await admin.pexpire(`${prefix}:{openai}:1:${part}`, left);
      await store.sync(request({ seen: cursor }));
      expect(await admin.pttl(key)).toBeCloseTo(kept, -4);
    }
    await store.close();
  });

  it('works after the server has lost its scripts', async () => {
    const store = new RedisStore(storeClients['node-redis'](url ?? ''), { prefix: newPrefix() });
    await store.sync(request());
    const lease = await store.lease('openai', 'probe', 60_000);
    await admin.script('FLUSH');
    await expect(store.sync(request(fact('a')))).resolves.toMatchObject({ full: true });
    expect(await lease?.renew?.(60_000, 'a note')).toBe(true);
    await lease?.release();
    expect(await store.lease('openai', 'probe', 60_000)).not.toBeNull();
    await store.close();
  });

  it('stores only fingerprints, codes and numbers', async () => {
    const prefix = newPrefix();
    const store = new RedisStore(storeClients.ioredis(url ?? ''), { prefix });
    const facts = new Map([
      ['9hXr_2-k', cooling(1)],
      ['9hXr_2-k/images', cooling(2)],
    ]);
    await store.sync(request({ facts, counters: [counted('9hXr_2-k', [1, 2, 3])] }));
    await store.close();
    const stored: Record<string, unknown> = {};
    for (const key of await keysOf(prefix)) stored[key.slice(prefix.length)] = await admin.hgetall(key);
    expect(stored).toEqual({
      ':{openai}:1:m': { inc: expect.stringMatching(/^[\da-f-]{36}$/) as string, v: '1' },
      ':{openai}:1:s': {
        '9hXr_2-k': '0|0|1900000000001|1|rate-limited|',
        '9hXr_2-k/images': '0|0|1900000000002|1|rate-limited|',
      },
      ':{openai}:1:u:total': { '9hXr_2-k': '1,2,3' },
      ':{openai}:1:w:total:one': { '9hXr_2-k': '1,2,3' },
    });
  });

  it('rejects with the reason of an aborted signal', async () => {
    const store = new RedisStore(storeClients.ioredis(url ?? ''), { prefix: newPrefix() });
    const reason = new Error('enough');
    await expect(store.sync(request(), AbortSignal.abort(reason))).rejects.toBe(reason);
    const control = new AbortController();
    const running = store.sync(request(), control.signal);
    control.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(store.sync(request(), new AbortController().signal)).resolves.toBeDefined();
    await store.close();
  });

  it('rejects every operation after it was closed', async () => {
    const store = new RedisStore(storeClients.ioredis(url ?? ''), { prefix: newPrefix() });
    const lease = await store.lease('a', 'held', 60_000);
    const running = failure(() => store.sync(request()));
    const listening = failure(() => listen(store));
    await store.close();
    for (const failed of [
      running,
      listening,
      failure(() => store.sync(request())),
      failure(() => listen(store)),
      failure(() => store.lease('a', 'b', 1)),
      failure(() => store.readNote('a', 'b')),
      failure(async () => lease?.renew?.(1)),
    ]) {
      const { error, ms } = await failed;
      expect(error).toMatchObject({ message: 'The Redis store is closed', code: 'CLOSED' });
      expect(ms).toBeLessThan(100);
    }
  });
});

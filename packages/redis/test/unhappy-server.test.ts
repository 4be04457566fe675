import { inspect } from 'node:util';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { freePort, redisCli, RedisProcess } from '../../../test-support/redis-process.ts';
import { storeClients } from './store-clients.ts';
import { counted, fact, failure, listen, request, works } from './store-requests.ts';
import { TcpProxy } from './tcp-proxy.ts';

const soon = { timeout: 5000, interval: 20 };

describe.skipIf(!inject('hasRedisServer')).each(Object.entries(storeClients))(
  'RedisStore with a failing server and a client of %s',
  (_, makeClient) => {
    const ends: (() => Promise<void>)[] = [];

    afterEach(async () => {
      for (const end of ends.splice(0).toReversed()) await end();
    });

    async function startServer(...args: string[]): Promise<RedisProcess> {
      const server = await RedisProcess.start(...args);
      ends.push(() => server.stop());
      return server;
    }

    function open(port: number): RedisStore {
      const store = new RedisStore(makeClient(port));
      ends.push(() => store.close());
      return store;
    }

    it('rejects while the server is away, and works when it starts', async () => {
      const server = new RedisProcess(await freePort());
      ends.push(() => server.stop());
      const store = open(server.port);
      for (const run of [() => store.sync(request()), () => listen(store), () => store.lease('a', 'b', 1000)]) {
        const { error, ms } = await failure(run);
        expect(error).toMatchObject({ message: 'Redis is away: ECONNREFUSED', code: 'ECONNREFUSED' });
        expect(Object.keys(error).toSorted()).toEqual(['code', 'name']);
        expect(error.cause).toBeUndefined();
        expect(ms).toBeLessThan(400);
      }
      await server.start();
      await expect.poll(() => works(store), soon).toBe(true);
      const { received } = await listen(store);
      await store.sync(request(fact('a')));
      await expect.poll(() => received.changes.length).toBe(1);
      await expect(store.lease('a', 'b', 1000)).resolves.not.toBeNull();
    });

    it('recovers when the server is killed and restarts empty', async () => {
      const server = await startServer();
      const store = open(server.port);
      const { received } = await listen(store);
      const { gaps } = received;
      const before = await store.sync(request(fact('a')));
      await server.kill();
      expect((await failure(() => store.sync(request()))).ms).toBeLessThan(600);
      expect((await failure(() => store.sync(request()))).ms).toBeLessThan(100);
      await server.start();
      await expect
        .poll(() => store.sync(request({ seen: before.cursor })).catch(() => null), soon)
        .toMatchObject({
          full: true,
          records: new Map(),
        });
      expect((await store.sync(request())).cursor.incarnation).not.toBe(before.cursor.incarnation);
      await expect.poll(() => received.gaps, soon).toBeGreaterThan(gaps);
      await store.sync(request(fact('b')));
      await expect.poll(() => received.changes.at(-1)?.records.has('b'), soon).toBe(true);
    });

    it('reports a new incarnation when the server loses all data', async () => {
      const server = await startServer();
      const store = open(server.port);
      const before = await store.sync(request({ ...fact('a'), counters: [counted('a', [5])] }));
      redisCli(server.port, 'FLUSHALL');
      const after = await store.sync(request({ counters: [counted('a', [5])], seen: before.cursor }));
      expect(after).toMatchObject({
        full: true,
        records: new Map(),
        totals: new Map([['total', new Map([['a', [5]]])]]),
      });
      expect(after.cursor.incarnation).not.toBe(before.cursor.incarnation);
    });

    it('rejects with READONLY while the server is a replica, and keeps the connection', async () => {
      const server = await startServer();
      const master = await startServer();
      const proxy = await new TcpProxy(server.port).start();
      ends.push(() => proxy.stop());
      const store = open(proxy.port);
      await store.sync(request(fact('a')));
      redisCli(server.port, 'REPLICAOF', '127.0.0.1', String(master.port));
      for (let times = 0; times < 3; times++) {
        const { error } = await failure(() => store.sync(request(fact('b'))));
        expect(error).toMatchObject({
          code: 'READONLY',
          message: expect.stringMatching(/^Redis answered: READONLY /) as string,
        });
      }
      redisCli(server.port, 'REPLICAOF', 'NO', 'ONE');
      await expect.poll(() => works(store, fact('b')), soon).toBe(true);
      expect(proxy.accepted).toBe(1);
    });

    it('rejects with OOM while the server has no memory, and keeps the connection', async () => {
      const server = await startServer('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
      const proxy = await new TcpProxy(server.port).start();
      ends.push(() => proxy.stop());
      const store = open(proxy.port);
      for (let times = 0; times < 3; times++) {
        const { error } = await failure(() => store.sync(request(fact('a'))));
        expect(error).toMatchObject({
          code: 'OOM',
          message: expect.stringMatching(/^Redis answered: OOM .{1,120}$/) as string,
        });
      }
      redisCli(server.port, 'CONFIG', 'SET', 'maxmemory', '0');
      await expect(store.sync(request(fact('a')))).resolves.toBeDefined();
      expect(proxy.accepted).toBe(1);
    });

    it('rejects with a wrong password, and never shows it', async () => {
      const { port } = await startServer('--requirepass', 'the-right-one');
      const clients = [
        new Redis(port, '127.0.0.1', { lazyConnect: true, password: 'the-wrong-one' }),
        createClient({ url: `redis://:the-wrong-one@127.0.0.1:${port}` }),
        makeClient(port),
      ];
      for (const client of clients) {
        const store = new RedisStore(client);
        for (const run of [() => store.sync(request()), () => listen(store)]) {
          const { error } = await failure(run);
          expect(error.message).toMatch(/^Redis answered: (WRONGPASS|NOAUTH) /);
          expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('the-wrong-one');
        }
        await store.close();
      }
    });
  },
);

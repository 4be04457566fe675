import { RedisStore } from '@api-key-fallback/redis';
import { describe, inject, it, type TestContext } from 'vitest';
import { redisCli, RedisProcess } from '../../../test-support/redis-process.ts';
import { storeClients } from './store-clients.ts';
import { counted, fact, failure, listen, request, works } from './store-requests.ts';
import { TcpProxy } from './tcp-proxy.ts';

const soon = { timeout: 12_000, interval: 20 };

describe.skipIf(!inject('hasRedisServer'))('RedisStore with a failing network', () => {
  describe.concurrent.each(Object.entries(storeClients))('and a client of %s', (_, makeClient) => {
    async function setUp({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
      const server = await RedisProcess.start();
      const proxy = await new TcpProxy(server.port).start();
      const store = new RedisStore(makeClient(proxy.port));
      const other = new RedisStore(makeClient(server.port));
      onTestFinished(async () => {
        await store.close();
        await other.close();
        await proxy.stop();
        await server.stop();
      });
      return { server, proxy, store, other };
    }

    it('recovers from a silent connection', { timeout: 20_000 }, async ({ expect, onTestFinished }) => {
      const { proxy, store, other } = await setUp({ onTestFinished });
      await store.sync(request(fact('a')));
      const { received } = await listen(store);
      const { gaps } = received;
      const start = performance.now();
      proxy.freeze();
      const first = await failure(() => store.sync(request()));
      expect(first.error.message).toBe('Redis is away: no answer in time');
      expect(first.ms).toBeGreaterThan(400);
      expect(first.ms).toBeLessThan(5000);
      for (let times = 0; times < 3; times++) {
        expect((await failure(() => store.sync(request()))).ms).toBeLessThan(600);
      }
      await expect.poll(() => works(store), soon).toBe(true);
      await expect.poll(() => received.gaps, soon).toBeGreaterThan(gaps);
      // The feed is found dead after 5 s of silence and 2 s without an answer.
      expect(performance.now() - start).toBeLessThan(10_000);
      await other.sync(request(fact('b')));
      await expect.poll(() => received.changes.at(-1)?.records.has('b')).toBe(true);
    });

    it(
      'recovers from a server that accepts connections and does not answer',
      { timeout: 20_000 },
      async ({ expect, onTestFinished }) => {
        const { proxy, store } = await setUp({ onTestFinished });
        proxy.mode = 'swallow';
        expect((await failure(() => store.sync(request()))).ms).toBeLessThan(5000);
        const { error, ms } = await failure(() => listen(store));
        expect(error.message).toMatch(/^Redis is away: no (answer|connection) in time$/);
        expect(ms).toBeLessThan(3500);
        proxy.mode = 'pass';
        await expect.poll(() => works(store), soon).toBe(true);
        await expect(listen(store)).resolves.toBeDefined();
      },
    );

    it(
      'counts once when the connection is cut after the server has counted',
      { timeout: 20_000 },
      async ({ expect, onTestFinished }) => {
        const { proxy, store, other } = await setUp({ onTestFinished });
        const wanted = 1000;
        let sent = 0;
        let cuts = 0;
        for (let total = 1; total <= wanted; total++) {
          // Every fiftieth request is executed, but its reply is dropped.
          proxy.mode = total % 50 === 0 ? 'drop-replies' : 'pass';
          for (;;) {
            sent++;
            try {
              await store.sync(request({ counters: [counted('a', [total])] }));
              break;
            } catch {
              cuts++;
              proxy.mode = 'pass';
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
          }
        }
        expect(cuts).toBeGreaterThanOrEqual(20);
        expect(sent).toBeGreaterThan(wanted);
        expect(
          (await other.sync(request({ instance: 'two', counters: [counted('b', [1])] }))).totals.get('total')?.get('a'),
        ).toEqual([wanted]);
      },
    );

    it('queues no commands for a slow server', { timeout: 20_000 }, async ({ expect, onTestFinished }) => {
      const { proxy, store } = await setUp({ onTestFinished });
      await store.sync(request());
      const { accepted } = proxy;
      [proxy.mode, proxy.delayMs, proxy.toServer] = ['delay', 1800, 0];
      const end = performance.now() + 2600;
      let failures = 0;
      while (performance.now() < end) {
        const { ms } = await failure(() => store.sync(request(fact('a'))));
        expect(ms).toBeLessThan(5000);
        failures++;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(failures).toBeGreaterThan(5);
      expect(proxy.toServer).toBeLessThan(10);
      // A slow connection is kept.
      expect(proxy.accepted).toBe(accepted);
      proxy.mode = 'pass';
      await expect.poll(() => works(store), soon).toBe(true);
    });

    it('reports a gap after each reconnection, and keeps its subscriptions', async ({ expect, onTestFinished }) => {
      const { server, proxy, store, other } = await setUp({ onTestFinished });
      const { received, stop } = await listen(store);
      const second = await listen(store, 'youtube');
      expect([received.gaps, second.received.gaps]).toEqual([1, 1]);
      proxy.cut();
      await expect.poll(() => [received.gaps, second.received.gaps], soon).toEqual([2, 2]);
      await other.sync(request(fact('a')));
      await expect.poll(() => received.changes.length).toBe(1);
      await stop();
      const channels = () => redisCli(server.port, 'PUBSUB', 'CHANNELS');
      await expect.poll(channels).toBe('akf:{youtube}:1:c');
      await second.stop();
      await expect.poll(channels).toBe('');
      await expect.poll(() => redisCli(server.port, 'CLIENT', 'LIST', 'TYPE', 'pubsub')).toBe('');
    });

    it('leaves no open connection after close()', async ({ expect, onTestFinished }) => {
      const { server, store } = await setUp({ onTestFinished });
      await store.sync(request());
      await listen(store);
      await store.close();
      // The remaining connection is that of redis-cli.
      await expect.poll(() => redisCli(server.port, 'CLIENT', 'LIST').split('\n').length).toBe(1);
    });

    it('gives a lease to exactly one of eight stores', async ({ expect, onTestFinished }) => {
      const { server } = await setUp({ onTestFinished });
      const stores = Array.from({ length: 8 }, () => new RedisStore(makeClient(server.port)));
      const leases = await Promise.all(stores.map((each) => each.lease('openai', 'probe', 60_000)));
      expect(leases.filter(Boolean)).toHaveLength(1);
      await Promise.all(stores.map((each) => each.close()));
    });
  });
});

import { describe, inject, it, type TestContext } from 'vitest';
import { redisCli, RedisProcess } from '../../../test-support/redis-process.ts';
import { expectSums, expectUnharmed } from './expect-scripted.ts';
import { limited } from './scripted-manager.ts';
import { Managers } from './start-managers.ts';
import { TcpProxy } from './tcp-proxy.ts';

const soon = { timeout: 20_000, interval: 20 };
const hourMs = 3_600_000;

describe.skipIf(!inject('hasRedisServer'))('managers with a failing network', () => {
  /** A server with a proxy. `near` and `beside` connect through the proxy, `far` connects directly. */
  async function setUp({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
    const server = await RedisProcess.start();
    const proxy = await new TcpProxy(server.port).start();
    onTestFinished(() => server.stop());
    onTestFinished(() => proxy.stop());
    const managers = new Managers({ onTestFinished });
    const near = managers.start(proxy.port);
    const beside = managers.start(proxy.port);
    const far = managers.start(server.port);
    await Promise.all(managers.all.map(({ manager }) => manager.ready()));
    managers.startCalling();
    return { server, proxy, managers, near, beside, far };
  }

  it(
    'continue while a connection is silent, and recover by themselves',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const { server, proxy, managers, near, beside, far } = await setUp({ onTestFinished });
      const { calls } = near.report();
      await expect.poll(() => near.report().calls > calls + 100, soon).toBe(true);
      proxy.freeze();
      near.setOutcome('test-key-one', limited(hourMs));
      beside.manager.disable('test-key-two');
      for (const each of [near, beside]) await expect.poll(() => each.storeEvents, soon).toEqual(['store.failed']);
      for (const each of managers.all) {
        await expect.poll(() => each.states(), soon).toEqual(['cooling', 'disabled', 'healthy', 'healthy']);
      }
      for (const each of [near, beside]) await expect.poll(() => each.storeEvents.length, soon).toBe(2);
      await managers.close();
      expectUnharmed([near, beside], 1);
      expectUnharmed([far], 0);
      expectSums(await managers.readerOf(server.port), managers.all);
    },
  );

  it(
    'continue when the server does not answer for seconds',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const { server, proxy, managers, near, beside, far } = await setUp({ onTestFinished });
      proxy.mode = 'swallow';
      near.setOutcome('test-key-one', limited(hourMs));
      const end = performance.now() + 4000;
      await expect.poll(() => performance.now() > end, soon).toBe(true);
      for (const each of [near, beside]) expect(each.storeEvents).toEqual(['store.failed']);
      expect(far.key('test-key-one').state).toBe('healthy');
      proxy.mode = 'pass';
      await expect.poll(() => far.key('test-key-one').state, soon).toBe('cooling');
      for (const each of [near, beside]) await expect.poll(() => each.storeEvents.length, soon).toBe(2);
      await managers.close();
      expectUnharmed([near, beside], 1);
      expectSums(await managers.readerOf(server.port), managers.all);
    },
  );

  it(
    'agree after a partition in which both sides have marked and reset keys',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const { server, proxy, managers, near, beside, far } = await setUp({ onTestFinished });
      far.manager.disable('test-key-three');
      near.manager.markKeyFailed('test-key-four', 'quota-exhausted');
      for (const each of managers.all) {
        await expect.poll(() => each.states(), soon).toEqual(['healthy', 'healthy', 'disabled', 'cooling']);
      }
      proxy.mode = 'refuse';
      proxy.cut();
      for (const each of [near, beside]) await expect.poll(() => each.storeEvents, soon).toEqual(['store.failed']);
      near.manager.disable('test-key-one');
      near.manager.reset('test-key-three');
      far.manager.reset('test-key-four');
      far.setOutcome('test-key-one', limited(hourMs));
      far.manager.markKeyFailed('test-key-two', 'quota-exhausted');
      await expect.poll(() => far.key('test-key-one').state, soon).toBe('cooling');
      const { calls } = near.report();
      await expect.poll(() => near.report().calls > calls + 300, soon).toBe(true);
      expect(near.states()).toEqual(['disabled', 'healthy', 'healthy', 'cooling']);
      expect(far.states()).toEqual(['cooling', 'cooling', 'disabled', 'healthy']);
      proxy.mode = 'pass';
      for (const each of managers.all) {
        await expect.poll(() => each.states(), soon).toEqual(['disabled', 'cooling', 'healthy', 'healthy']);
      }
      const [first = 0, ...ends] = managers.all.map((each) => each.key('test-key-two').availableAtMs);
      // Times are in each manager's own clock.
      // Shared ends are rounded up to a second.
      for (const end of ends) expect(Math.abs((end ?? 0) - first)).toBeLessThan(1100);
      await managers.close();
      expectUnharmed([near, beside], 1);
      expectUnharmed([far], 0);
      const reader = await managers.readerOf(server.port);
      expect(reader.states()).toEqual(['disabled', 'cooling', 'healthy', 'healthy']);
      expectSums(reader, managers.all);
    },
  );

  it('work with a server that takes 800 ms for everything', { timeout: 60_000 }, async ({ expect, onTestFinished }) => {
    const { server, proxy, managers, near, beside, far } = await setUp({ onTestFinished });
    [proxy.mode, proxy.delayMs] = ['delay', 800];
    const late = managers.start(proxy.port);
    late.startCalling();
    near.setOutcome('test-key-one', limited(hourMs));
    late.manager.disable('test-key-two');
    // Also the fact of a process that first has to connect, which takes several answers.
    await expect.poll(() => far.key('test-key-one').state, soon).toBe('cooling');
    await expect.poll(() => far.key('test-key-two').state, { ...soon, timeout: 15_000 }).toBe('disabled');
    proxy.mode = 'pass';
    for (const each of managers.all) {
      await expect.poll(() => each.states(), soon).toEqual(['cooling', 'disabled', 'healthy', 'healthy']);
    }
    await managers.close();
    expectUnharmed([near, beside, far], 0);
    expectUnharmed([late], 1);
    expectSums(await managers.readerOf(server.port), managers.all);
  });

  it(
    'stay in step with a server that takes 300 ms for everything',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const { server, proxy, managers, near, far } = await setUp({ onTestFinished });
      [proxy.mode, proxy.delayMs] = ['delay', 300];
      near.setOutcome('test-key-one', limited(hourMs));
      await expect.poll(() => far.key('test-key-one').state, soon).toBe('cooling');
      far.manager.disable('test-key-two');
      await expect.poll(() => near.key('test-key-two').state, soon).toBe('disabled');
      const { calls } = near.report();
      await expect.poll(() => near.report().calls > calls + 300, soon).toBe(true);
      await managers.close();
      expectUnharmed(managers.all, 0);
      expectSums(await managers.readerOf(server.port), managers.all);
      expect(redisCli(server.port, 'HLEN', 'akf:{scripted}:1:s')).toBe('2');
    },
  );
});

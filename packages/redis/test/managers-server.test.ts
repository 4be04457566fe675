import { describe, inject, it, type TestContext } from 'vitest';
import { freePort, redisCli, RedisProcess } from '../../../test-support/redis-process.ts';
import { expectSums, expectUnharmed } from './expect-scripted.ts';
import { limited, type ScriptedManager } from './scripted-manager.ts';
import { Managers } from './start-managers.ts';

const soon = { timeout: 20_000, interval: 20 };
const hourMs = 3_600_000;

describe.skipIf(!inject('hasRedisServer'))('managers with a failing server', () => {
  function setUp(context: Pick<TestContext, 'onTestFinished'>, server: RedisProcess) {
    context.onTestFinished(() => server.stop());
    const managers = new Managers(context);
    const [a, b, c] = [managers.start(server.port), managers.start(server.port), managers.start(server.port)];
    managers.startCalling();
    return { managers, a, b, c };
  }

  /**
   * Closes the managers, expects complete counts and no failed call, and returns the states that a new manager reads.
   */
  async function statesAfter(managers: Managers, { port }: RedisProcess, outages: number) {
    await managers.close();
    expectUnharmed(managers.all, outages);
    const reader = await managers.readerOf(port);
    expectSums(reader, managers.all);
    return reader.states();
  }

  it(
    'continue without it when it is away at the start, and send everything when it starts',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const server = new RedisProcess(await freePort());
      const { managers, a, b } = setUp({ onTestFinished }, server);
      a.setOutcome('test-key-one', limited(hourMs));
      b.manager.disable('test-key-two');
      const enough = (each: ScriptedManager): boolean => each.report().calls > 100;
      await expect.poll(() => managers.all.every(enough), soon).toBe(true);
      expect(managers.all.map(({ storeEvents }) => storeEvents)).toEqual([1, 2, 3].map(() => ['store.failed']));
      await server.start();
      for (const each of managers.all) {
        await expect.poll(() => each.states(), soon).toEqual(['cooling', 'disabled', 'healthy', 'healthy']);
      }
      expect(await statesAfter(managers, server, 1)).toEqual(['cooling', 'disabled', 'healthy', 'healthy']);
    },
  );

  it(
    'send everything again when it was killed for three seconds and restarts empty',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const server = await RedisProcess.start();
      const { managers, a, b, c } = setUp({ onTestFinished }, server);
      a.setOutcome('test-key-one', limited(hourMs));
      await expect.poll(() => c.key('test-key-one').state, soon).toBe('cooling');
      await expect.poll(() => c.key('test-key-two').sharedUsage.attempts > 100, soon).toBe(true);
      await server.kill();
      const end = performance.now() + 3000;
      b.setOutcome('test-key-two', { kind: 'quota-exhausted', reason: 'scripted' });
      await expect.poll(() => performance.now() > end, soon).toBe(true);
      expect(managers.all.map(({ storeEvents }) => storeEvents)).toEqual([1, 2, 3].map(() => ['store.failed']));
      expect(a.key('test-key-two').state).toBe('healthy');
      await server.start();
      for (const each of managers.all) {
        await expect.poll(() => each.states(), soon).toEqual(['cooling', 'cooling', 'healthy', 'healthy']);
        await expect.poll(() => each.storeEvents.length, soon).toBe(2);
      }
      const early = await managers.readerOf(server.port);
      expect(early.states()).toEqual(['cooling', 'cooling', 'healthy', 'healthy']);
      const [known = 0, seen = 0] = [a, early].map((each) => each.key('test-key-one').availableAtMs);
      // Shared ends are rounded up to a second.
      expect(Math.abs(seen - known)).toBeLessThan(1100);
      await statesAfter(managers, server, 1);
    },
  );

  it(
    'send everything again when it has lost all data, and report no outage',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const server = await RedisProcess.start();
      const { managers, a, b } = setUp({ onTestFinished }, server);
      a.setOutcome('test-key-one', limited(hourMs));
      await expect.poll(() => b.key('test-key-one').state, soon).toBe('cooling');
      for (let times = 1; times <= 3; times++) {
        redisCli(server.port, 'FLUSHALL');
        const stored = () => redisCli(server.port, 'HVALS', 'akf:{scripted}:1:s');
        await expect.poll(stored, soon).toMatch(/^0\|0\|\d+\|0\|rate-limited\|$/);
        await expect.poll(() => redisCli(server.port, 'KEYS', '*total*').split('\n').length, soon).toBe(4);
      }
      expect(await statesAfter(managers, server, 0)).toEqual(['cooling', 'healthy', 'healthy', 'healthy']);
    },
  );

  it(
    'report no outage when it loses its scripts again and again',
    { timeout: 60_000 },
    async ({ expect, onTestFinished }) => {
      const server = await RedisProcess.start();
      const { managers, a, b, c } = setUp({ onTestFinished }, server);
      for (const [times, key] of (['test-key-one', 'test-key-two', 'test-key-three'] as const).entries()) {
        redisCli(server.port, 'SCRIPT', 'FLUSH');
        (times % 2 === 0 ? a : b).manager.markKeyFailed(key, 'quota-exhausted');
        await expect.poll(() => c.key(key).state, soon).toBe('cooling');
        const counted = c.report().calls;
        await expect.poll(() => c.report().calls > counted + 100, soon).toBe(true);
      }
      await statesAfter(managers, server, 0);
    },
  );

  it.for([
    ['takes no writes', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE'], 'READONLY'],
    ['has no memory left', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], 'OOM'],
  ] as const)(
    'continue without it when it %s, and send everything when that ends',
    { timeout: 60_000 },
    async ([, begin, end, code], { expect, onTestFinished }) => {
      const server = await RedisProcess.start('--maxmemory-policy', 'noeviction');
      const { managers, a, b, c } = setUp({ onTestFinished }, server);
      await expect.poll(() => c.key('test-key-one').sharedUsage.attempts > 100, soon).toBe(true);
      expect(redisCli(server.port, ...begin)).toBe('OK');
      a.setOutcome('test-key-one', limited(hourMs));
      b.manager.disable('test-key-two');
      for (const each of managers.all) await expect.poll(() => each.storeEvents, soon).toEqual(['store.failed']);
      const { calls } = c.report();
      await expect.poll(() => c.report().calls > calls + 300, soon).toBe(true);
      for (const each of managers.all) {
        expect(each.storeEvents).toEqual(['store.failed']);
        expect(each.storeLines[0]).toContain(code);
      }
      expect(redisCli(server.port, ...end)).toBe('OK');
      for (const each of managers.all) {
        await expect.poll(() => each.states(), soon).toEqual(['cooling', 'disabled', 'healthy', 'healthy']);
      }
      expect(await statesAfter(managers, server, 1)).toEqual(['cooling', 'disabled', 'healthy', 'healthy']);
    },
  );
});

import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { redisCli, RedisProcess } from '../../../test-support/redis-process.ts';
import { limited } from './scripted-manager.ts';
import { ManagerChild } from './start-manager-child.ts';
import { Managers } from './start-managers.ts';

const soon = { timeout: 15_000, interval: 20 };

async function startServer(): Promise<RedisProcess> {
  const server = await RedisProcess.start();
  onTestFinished(() => server.stop());
  return server;
}

/** Starts processes and waits until they have read the server. */
async function startChildren(port: number, count: number): Promise<ManagerChild[]> {
  const children = Array.from({ length: count }, (_, index) => {
    return new ManagerChild(port, index % 2 === 0 ? 'ioredis' : 'node-redis');
  });
  onTestFinished(async () => {
    await Promise.all(children.map((child) => child.kill()));
  });
  await Promise.all(children.map((child) => child.ask('ready')));
  return children;
}

describe.skipIf(!inject('hasRedisServer'))('processes that share a server', () => {
  it('count 10,000 calls of each of 4 exactly', { timeout: 60_000 }, async () => {
    const server = await startServer();
    const children = await startChildren(server.port, 4);
    await Promise.all(children.map((child) => child.ask('callOften', 10_000)));
    await Promise.all(children.map((child) => child.ask('close')));
    const reader = await new Managers({ onTestFinished }).readerOf(server.port);
    expect(reader.key('test-key-one').sharedUsage).toMatchObject({
      attempts: 40_000,
      successes: 40_000,
      quotaUnits: 40_000,
      today: { attempts: 40_000, successes: 40_000 },
    });
  });

  it('end by themselves when they never close, and lose no fact', { timeout: 30_000 }, async () => {
    const server = await startServer();
    const [one, two] = (await startChildren(server.port, 2)) as [ManagerChild, ManagerChild];
    for (const [child, key] of [
      [one, 'test-key-one'],
      [two, 'test-key-two'],
    ] as const) {
      await child.ask('setOutcome', key, limited(3_600_000));
      await child.ask('call');
      expect(await child.disconnect()).toBe(0);
    }
    const reader = await new Managers({ onTestFinished }).readerOf(server.port);
    expect(reader.states()).toEqual(['cooling', 'cooling', 'healthy', 'healthy']);
  });
});

describe.skipIf(!inject('hasRedisServer'))('a key whose cooldown ends, in eight processes', () => {
  /** Starts eight processes that call continuously, know that the first key is cooling, and hang when they try it. */
  async function startEight(server: RedisProcess, coolingMs: number): Promise<ManagerChild[]> {
    const children = await startChildren(server.port, 8);
    const managers = new Managers({ onTestFinished });
    const first = managers.start(server.port);
    first.setOutcome('test-key-one', limited(coolingMs));
    expect(await first.call()).toBe('test-key-two');
    await managers.close();
    for (const child of children) {
      await child.ask('setOutcome', 'test-key-one', 'hangs');
      await expect.poll(async () => (await child.ask('states'))[0], soon).toBe('cooling');
    }
    await Promise.all(children.map((child) => child.ask('startCalling', 20)));
    return children;
  }

  function probes(children: readonly ManagerChild[]): readonly number[] {
    return children.map((child) => child.attemptsOn('test-key-one'));
  }

  function sum(numbers: readonly number[]): number {
    return numbers.reduce((a, b) => a + b, 0);
  }

  /** Waits until each of them has made this many more calls. */
  async function letCall(children: readonly ManagerChild[], times = 60): Promise<void> {
    const before = children.map((child) => child.attempted.length);
    const have = () => children.every((child, index) => child.attempted.length >= (before[index] ?? 0) + times);
    await expect.poll(have, soon).toBe(true);
  }

  async function expectUnharmed(children: readonly ManagerChild[]): Promise<void> {
    for (const child of children) {
      const { calls, failures } = await child.ask('stopCalling');
      expect(failures).toEqual([]);
      expect(calls).toBeGreaterThan(50);
    }
  }

  it(
    'is probed by exactly one at a time, also after that one is killed, until it works',
    { timeout: 40_000 },
    async () => {
      const server = await startServer();
      const children = await startEight(server, 1500);
      await expect.poll(() => sum(probes(children)), soon).toBe(1);
      const [holder] = children.splice(probes(children).indexOf(1), 1);
      await holder?.kill();
      await letCall(children);
      expect(sum(probes(children))).toBe(0);
      const lease = redisCli(server.port, 'KEYS', 'akf:{scripted}:1:l:*');
      expect(Number(redisCli(server.port, 'PTTL', lease))).toBeGreaterThan(50_000);
      redisCli(server.port, 'PEXPIRE', lease, '1');
      await expect.poll(() => sum(probes(children)), soon).toBe(1);
      await Promise.all(children.map((child) => child.ask('setOutcome', 'test-key-one', limited(1500))));
      for (const child of children) {
        await expect.poll(async () => (await child.ask('states'))[0], soon).toBe('cooling');
      }
      await Promise.all(children.map((child) => child.ask('setOutcome', 'test-key-one', 'hangs')));
      await expect.poll(() => sum(probes(children)), soon).toBe(2);
      await letCall(children);
      expect(sum(probes(children))).toBe(2);
      await Promise.all(children.map((child) => child.ask('setOutcome', 'test-key-one', 'ok')));
      await expect.poll(() => probes(children).every((count) => count > 10), soon).toBe(true);
      await expectUnharmed(children);
    },
  );

  it('is probed by each on its own when the server is away', { timeout: 40_000 }, async () => {
    const server = await startServer();
    const children = await startEight(server, 2500);
    await server.kill();
    for (const child of children) {
      await expect.poll(() => child.ask('storeEvents'), soon).toEqual(['store.failed']);
    }
    await expect.poll(() => probes(children), soon).toEqual(children.map(() => 1));
    await letCall(children);
    expect(probes(children)).toEqual(children.map(() => 1));
    await expectUnharmed(children);
  });
});

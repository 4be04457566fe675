import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { RedisProcess } from '../../../test-support/redis-process.ts';
import { testKeys } from './scripted-manager.ts';
import { ManagerChild } from './start-manager-child.ts';

describe.skipIf(!inject('hasRedisServer'))('four processes with one server', () => {
  it('keep the limit of a minute together', { timeout: 30_000 }, async () => {
    const server = await RedisProcess.start();
    onTestFinished(() => server.stop());
    const limits = { requestsPerMinute: 60 };
    const processes = (['ioredis', 'node-redis', 'ioredis', 'node-redis'] as const).map(
      (library) => new ManagerChild(server.port, library, limits),
    );
    onTestFinished(async () => void (await Promise.all(processes.map((process) => process.kill()))));
    await Promise.all(processes.map((process) => process.ask('ready')));
    const [processCount, callsPerSecond] = [processes.length, 20];
    await Promise.all(processes.map((process) => process.ask('startCalling', 1000 / callsPerSecond)));
    const begunOn = (key: string) => processes.reduce((sum, process) => sum + process.attemptsOn(key), 0);
    await expect.poll(() => begunOn(testKeys[0]), { timeout: 15_000 }).toBeGreaterThanOrEqual(60);
    await sleep(3000);
    await Promise.all(processes.map((process) => process.ask('stopCalling')));
    const most = 60 + (processCount - 1) * callsPerSecond * 2;
    for (const key of testKeys) expect(begunOn(key)).toBeLessThanOrEqual(most);
  });
});

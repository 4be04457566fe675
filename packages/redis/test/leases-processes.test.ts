import { RedisStore } from '@api-key-fallback/redis';
import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { RedisProcess } from '../../../test-support/redis-process.ts';
import { ManagerChild } from './start-manager-child.ts';
import { storeClients } from './store-clients.ts';

const patience = { timeout: 10_000, interval: 10 };

/** Starts a server, a store, and as many child processes. */
async function start(count: number): Promise<{ readonly store: RedisStore; readonly children: ManagerChild[] }> {
  const server = await RedisProcess.start();
  const store = new RedisStore(storeClients.ioredis(server.port));
  const libraries = ['ioredis', 'node-redis'] as const;
  const children = Array.from({ length: count }, (_, index) => {
    return new ManagerChild(server.port, libraries[index % 2 === 0 ? 0 : 1]);
  });
  onTestFinished(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await store.close();
    await server.stop();
  });
  return { store, children };
}

describe.skipIf(!inject('hasRedisServer'))('the leases of processes that share a server', () => {
  it('pass to another process with their note when the holder is killed', async () => {
    const { store, children } = await start(1);
    const [holder] = children as [ManagerChild];
    await holder.ask('lease', 'alerts', 60_000);
    expect(await holder.ask('renew', 1000, 'sent')).toBe(true);
    expect(await store.lease('openai', 'alerts', 60_000)).toBeNull();
    await holder.kill();
    await vi.waitFor(async () => expect(await store.lease('openai', 'alerts', 60_000)).not.toBeNull(), patience);
    expect(await store.readNote('openai', 'alerts')).toBe('sent');
  });

  it('have one holder at a time while 4 processes are suspended again and again', { timeout: 60_000 }, async () => {
    const { store, children } = await start(4);
    let isCounting = true;
    const counting = children.map((child) => child.ask('countInNote', 3000));
    const counted = Promise.all(counting).finally(() => (isCounting = false));
    for (let turn = 0; isCounting; turn++) {
      const pid = children[turn % children.length]?.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      await pass(30);
      process.kill(pid, 'SIGCONT');
      await pass(5);
    }
    const total = (await counted).reduce((sum, additions) => sum + additions);
    expect(total).toBeGreaterThan(10);
    expect(await store.readNote('openai', 'count')).toBe(String(total));
  });
});

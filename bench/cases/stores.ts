import { FileStore, MemoryStore } from '@api-key-fallback/core';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import { redisServer } from '../redis-server.ts';
import type { CaseReport } from '../report.ts';
import { worstOf } from '../statistics.ts';
import { inTurns, type Subject } from '../subject.ts';

async function answer(): Promise<number> {
  return 1;
}

async function compare(shared: Readonly<Record<string, KeyStateStore>>, effort: Effort): Promise<Comparison> {
  const managers = Object.entries(shared).map(([name, store]) => ({
    name,
    manager: benchManager(fakeKeys(4), { store }),
  }));
  for (const { manager } of managers) await manager.ready();
  const without = benchManager();
  const subjects: Subject[] = [
    { name: 'bare call', call: answer },
    { name: 'no store', call: () => without.retryWithFallback(answer) },
    ...managers.map(({ name, manager }) => ({ name, call: () => manager.retryWithFallback(answer) })),
  ];
  const options = { title: 'Sequential calls', per: 'call', relativeTo: ['no store'] };
  const comparison = await Comparison.of(subjects.map(inTurns), effort, options);
  for (const { manager } of managers) await manager.close();
  return comparison;
}

/** The happy path with shared state. */
export async function stores(effort: Effort): Promise<CaseReport> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-state-'));
  await using redis = await redisServer();
  const client = redis && new Redis(redis.url);
  const all: Record<string, KeyStateStore> = {
    'memory store': new MemoryStore(),
    'file store': new FileStore(directory),
    ...(client && { 'Redis store': new RedisStore(client) }),
  };
  try {
    const comparison = await compare(all, effort);
    const ratios = Object.keys(all).map((name) => [name, comparison.ratio(name, 'no store')] as const);
    return {
      title: 'Stores',
      about:
        'The happy path with four keys; the event loop turns after every hundredth call. What a store does once per second falls into few samples and does not show in medians.',
      tables: [comparison.table],
      measures: { 'with a store: added time vs no store': worstOf(Object.fromEntries(ratios)) },
      leftOut: redis ? [] : ['The Redis store: redis-server is not installed and REDIS_URL is not set.'],
    };
  } finally {
    for (const store of Object.values(all)) await store.close();
    client?.disconnect();
    await rm(directory, { recursive: true });
  }
}

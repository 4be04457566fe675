import { randomUUID } from 'node:crypto';
import { RedisStore } from '@api-key-fallback/redis';
import { expect } from 'vitest';
import { connected, fact, listen, request } from './store-requests.ts';

/** Uses each operation of a store with this client. */
export async function expectAtWork(client: ConstructorParameters<typeof RedisStore>[0]): Promise<void> {
  const store = await connected(new RedisStore(client, { prefix: `test-${randomUUID()}` }));
  const { received, stop } = await listen(store);
  for (const pool of ['openai', 'youtube', 'rapidapi']) {
    const { records } = await store.sync(request({ ...fact('a'), pool }));
    expect([...records.keys()]).toEqual(['a']);
    const lease = await store.lease(pool, 'probe', 60_000);
    expect(await store.lease(pool, 'probe', 60_000)).toBeNull();
    await lease?.release();
    expect(await store.lease(pool, 'probe', 60_000)).not.toBeNull();
  }
  await expect.poll(() => received.changes.length).toBe(1);
  await stop();
  await store.close();
}

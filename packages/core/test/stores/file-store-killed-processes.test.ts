import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileStore } from '../../src/index.ts';
import { count, emptyDirectory, fact, found } from './file-store-requests.ts';
import { StoreChild } from './start-store-child.ts';

/** Lets a process write for a moment, kills it, and returns the last acknowledged step. */
async function workAndDie(directory: string, id: string): Promise<number> {
  const child = new StoreChild(directory, 'work', id);
  let acknowledged = 0;
  child.process.on('message', (number) => (acknowledged = Number(number)));
  await once(child.process, 'message');
  await pass(randomInt(12));
  await child.kill();
  return acknowledged;
}

/** Leaves the files of killed processes: one fact each, and together a count of 1 + 2 + … for one key. */
async function leaveFiles(directory: string, processes: number): Promise<void> {
  const children = Array.from({ length: processes }, () => new StoreChild(directory));
  await Promise.all(
    children.map(async (child, index) => {
      await child.sync(fact(`key-${index}`, index + 1));
      await child.sync(count('shared', index + 1, { instance: `left ${index}` }));
    }),
  );
  await Promise.all(children.map((child) => child.kill()));
}

describe('FileStore with killed processes', () => {
  it('keeps every acknowledged write and corrupts no file, 200 times', { timeout: 120_000 }, async () => {
    const directory = await emptyDirectory();
    const ids = Array.from({ length: 200 }, (_, index) => `key-${index}`);
    const acknowledged = new Map<string, number>();
    const lanes = Array.from({ length: 4 }, (_, lane) => ids.filter((_id, index) => index % 4 === lane));
    await Promise.all(
      lanes.map(async (lane) => {
        for (const id of lane) acknowledged.set(id, await workAndDie(directory, id));
      }),
    );
    const { records, totals } = await found(directory);
    for (const [id, number] of acknowledged) {
      // The last step may have been written without an acknowledgement.
      expect([number, number + 1]).toContain(records[id]?.untilMs);
      expect([number, number + 1]).toContain(totals[id]?.[0]);
    }
    expect(Object.keys(records)).toHaveLength(200);
    expect(Object.keys(totals)).toHaveLength(200);
    // The last process has cleaned up. Its health file and the compacted usage are left.
    expect(await readdir(directory)).toHaveLength(2);
  });

  it.each([2, 8])(
    'counts the usage of dead processes once when %i processes adopt it at the same time',
    async (processes) => {
      const directory = await emptyDirectory();
      await leaveFiles(directory, 6);
      const stores = Array.from({ length: processes }, () => new StoreChild(directory));
      try {
        for (const { records, totals } of await Promise.all(stores.map((store) => found(store)))) {
          expect(Object.keys(records)).toHaveLength(6);
          expect(totals).toEqual({ shared: [21] });
        }
        await stores[0]?.sync(count('shared', 100, { instance: 'new' }));
        expect((await found(directory)).totals).toEqual({ shared: [121] });
      } finally {
        await Promise.all(stores.map((store) => store.kill()));
      }
      expect((await found(directory)).totals).toEqual({ shared: [121] });
      expect((await readdir(directory)).filter((name) => name.includes('.folded.'))).toHaveLength(1);
    },
  );

  it('counts exactly when the adopting processes are killed while they adopt', { timeout: 60_000 }, async () => {
    const directory = await emptyDirectory();
    let total = 0;
    for (let round = 0; round < 5; round++) {
      await leaveFiles(directory, 3);
      total += 6;
      const children = Array.from({ length: 4 }, () => new StoreChild(directory));
      await Promise.all(
        children.map(async (child) => {
          await child.lease(`${child.process.pid}`, 1);
          void found(child).catch(() => {});
          await pass(randomInt(6));
          await child.kill();
        }),
      );
      expect((await found(new FileStore(directory))).totals).toEqual({ shared: [total] });
    }
    expect((await found(directory)).totals).toEqual({ shared: [total] });
  });
});

import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../src/index.ts';
import { emptyDirectory } from './file-store-requests.ts';
import { StoreChild } from './start-store-child.ts';

const patience = { timeout: 10_000, interval: 10 };

describe('the leases of a FileStore in several processes', () => {
  it('passes on the lease and the note of a holder that is killed', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await using holder = new StoreChild(directory);
    await holder.lease('alerts', 60_000);
    expect(await holder.renew(1000, 'sent')).toBe(true);
    expect(await store.lease('openai', 'alerts', 60_000)).toBeNull();
    await holder.kill();
    await vi.waitFor(async () => expect(await store.lease('openai', 'alerts', 60_000)).not.toBeNull(), patience);
    expect(await store.readNote('openai', 'alerts')).toBe('sent');
  });

  it('lets a holder that was suspended neither renew its lease nor write its note', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await using holder = new StoreChild(directory);
    await holder.lease('alerts', 60_000);
    await holder.renew(300, 'first');
    holder.process.kill('SIGSTOP');
    const late = holder.renew(60_000, 'late');
    await vi.waitFor(async () => {
      const lease = await store.lease('openai', 'alerts', 60_000);
      expect(await lease?.renew?.(60_000, 'second')).toBe(true);
    }, patience);
    holder.process.kill('SIGCONT');
    expect(await late).toBe(false);
    expect(await store.readNote('openai', 'alerts')).toBe('second');
  });

  it('loses no note while 4 processes are suspended again and again', { timeout: 60_000 }, async () => {
    const directory = await emptyDirectory();
    const children = Array.from({ length: 4 }, () => new StoreChild(directory));
    try {
      let isCounting = true;
      const counted = Promise.all(children.map((child) => child.countInNote(3000))).finally(() => (isCounting = false));
      for (let turn = 0; isCounting; turn++) {
        const child = children[turn % children.length]?.process;
        child?.kill('SIGSTOP');
        await pass(30);
        child?.kill('SIGCONT');
        await pass(5);
      }
      const total = (await counted).reduce((sum, additions) => sum + additions);
      expect(total).toBeGreaterThan(10);
      // Where two processes give up at once, a note can stay that its writer counts as lost.
      const note = Number(await new FileStore(directory).readNote('openai', 'count'));
      expect(note).toBeGreaterThanOrEqual(total);
    } finally {
      await Promise.all(children.map((child) => child.kill()));
    }
  });
});

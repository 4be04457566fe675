import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { FileStore, InvalidOptionsError, MemoryStore } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { join, pass } from './virtual-processes.ts';
import { ok, rateLimited, scriptKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';

describe('a manager with a store', () => {
  it('shows in its status whether the store is away', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok] });
    await exchange();
    expect(a.manager.status().store).toEqual({ kind: 'unreliable', isAway: false, processes: 1 });
    store.failure = new Error('away');
    a.manager.disable('K1');
    await exchange();
    expect(a.manager.status().store).toEqual({ kind: 'unreliable', isAway: true, processes: 1 });
    expect(scriptKeys({ K1: [ok] }).manager.status()).not.toHaveProperty('store');
  });

  it('accepts only an object with the methods of a store', () => {
    expect(() => scriptKeys({ K1: [ok] }, { store: {} as never })).toThrow(InvalidOptionsError);
    expect(() => scriptKeys({ K1: [ok] }, { store: 'redis' as never })).toThrow('sync() is missing');
  });

  it('sends everything when it is closed, and leaves the store open', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok] });
    await exchange();
    await a.call();
    await a.manager.close();
    expect(store.uses).not.toContain('close');
    const b = join(store, { K1: [ok] });
    await b.manager.ready();
    expect(b.key('K1').sharedUsage).toMatchObject({ attempts: 1, successes: 1 });
    expect(b.key('K1').usage.attempts).toBe(0);
    await exchange();
    const used = store.uses.length;
    expect(await a.call()).toBe('K1');
    await pass(60_000, store, a);
    expect(store.uses.length).toBe(used);
  });

  it('uses a FileStore in API_KEY_STATE_DIR, and none with `store: false`', async () => {
    const directory = await mkdtemp(joinPath(tmpdir(), 'key-state-'));
    vi.stubEnv('API_KEY_STATE_DIR', directory);
    try {
      const withoutStore = scriptKeys({ K1: [rateLimited(4000)], K2: [ok] }, { store: false });
      expect(withoutStore.manager.store).toBeUndefined();
      await withoutStore.call();
      await withoutStore.manager.close();
      expect(await readdir(directory)).toEqual([]);
      const a = scriptKeys({ K1: [rateLimited(4000)], K2: [ok] });
      expect(a.manager.store).toBeInstanceOf(FileStore);
      await a.call();
      await a.manager.close();
      const b = scriptKeys({ K1: [ok], K2: [ok] });
      await b.manager.ready();
      expect(b.key('K1').state).toBe('cooling');
      await b.manager.close();
    } finally {
      vi.unstubAllEnvs();
      await rm(directory, { recursive: true });
    }
  });

  it('shares one FileStore with the other managers of API_KEY_STATE_DIR, which is closed with the last one', async () => {
    const directory = await mkdtemp(joinPath(tmpdir(), 'key-state-'));
    vi.stubEnv('API_KEY_STATE_DIR', directory);
    try {
      for (let round = 0; round < 3; round++) {
        const managers = Array.from({ length: 20 }, () => scriptKeys({ K1: [ok], K2: [ok] }));
        await Promise.all(managers.map(({ manager }) => manager.ready()));
        await Promise.all(managers.map(({ call }) => call()));
        await Promise.all(managers.map(({ manager }) => manager.close()));
        const names = await readdir(directory);
        expect(names).toHaveLength(1);
        expect(names[0]).toContain('.folded.');
      }
      const reader = scriptKeys({ K1: [ok], K2: [ok] });
      await reader.manager.ready();
      expect(reader.key('K1').sharedUsage.attempts).toBe(60);
      await reader.manager.close();
    } finally {
      vi.unstubAllEnvs();
      await rm(directory, { recursive: true });
    }
  });

  it('does not use the store after close(), which may be called twice', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4000)], K2: [ok] });
    const events: unknown[] = [];
    a.manager.on('store.failed', (event) => events.push(event));
    await exchange();
    await a.call();
    await Promise.all([a.manager.close(), a.manager.close()]);
    const used = store.uses.length;
    store.failure = new Error('closed');
    await exchange();
    expect(store.uses.length).toBe(used);
    expect(events).toEqual([]);
    store.failure = undefined;
    const b = join(store, { K1: [ok], K2: [ok] });
    await b.manager.ready();
    expect(b.key('K1').state).toBe('cooling');
  });

  it('shares it with another manager of the same process', async () => {
    const store = new MemoryStore();
    const [a, b] = [
      scriptKeys({ K1: [rateLimited(4000)], K2: [ok] }, { store }),
      scriptKeys({ K1: [ok], K2: [ok] }, { store }),
    ];
    await exchange();
    await a.call();
    await exchange();
    expect(b.key('K1').state).toBe('cooling');
    await Promise.all([a.manager.close(), b.manager.close()]);
  });
});

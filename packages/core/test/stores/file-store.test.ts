import { existsSync, readdirSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FileStore, InvalidOptionsError } from '../../src/index.ts';
import type { Change } from '../../src/store.ts';
import { pathOf, pathsOf } from './file-store-files.ts';
import { cooling, count, emptyDirectory, fact, found, request } from './file-store-requests.ts';

const day = 24 * 60 * 60 * 1000;

describe('FileStore', () => {
  it('accepts only a path', () => {
    for (const directory of ['', ' ', 'a\0b', undefined, null, 7, {}]) {
      expect(() => new FileStore(directory as string)).toThrow(InvalidOptionsError);
    }
  });

  it('creates only its directory before the first write', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const store = new FileStore(directory);
    await found(store);
    expect(existsSync(directory)).toBe(false);
    await (
      await store.subscribe('openai', { change: () => {}, gap: () => {} })
    )();
    await store.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('emits the first fact in a new directory at once', { timeout: 1000 }, async () => {
    const directory = join(await emptyDirectory(), 'state');
    const [listening, writing] = [new FileStore(directory), new FileStore(directory)];
    const change = Promise.withResolvers<Change>();
    await listening.subscribe('openai', { change: change.resolve, gap: () => {} });
    await writing.sync(fact('a', 5));
    expect([...(await change.promise).records.keys()]).toEqual(['a']);
    await Promise.all([listening.close(), writing.close()]);
  });

  it('keeps facts and counters for the next store in the directory', async () => {
    const directory = join(await emptyDirectory(), 'a', 'b');
    const store = new FileStore(directory);
    await store.sync(fact('a', 5));
    await store.sync(count('a', 3));
    const kept = { records: { a: cooling(5) }, totals: { a: [3] } };
    expect(await found(directory)).toEqual(kept);
    await store.close();
    expect(await found(directory)).toEqual(kept);
  });

  it('still works after it was closed', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.close();
    await store.sync(fact('a', 5));
    await store.close();
    expect((await found(directory)).records).toEqual({ a: cooling(5) });
  });

  it('forgets old buckets, also when two processes use it', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 6, 1), toFake: ['Date'] });
    try {
      const directory = await emptyDirectory();
      const [a, b] = [new FileStore(directory), new FileStore(directory)];
      const idsAfter = async (store: FileStore, names: readonly string[]) => {
        const facts = new Map(names.map((name) => [`K1/${name}`, cooling(Date.now() + 1000)]));
        return [...(await store.sync(request({ facts }))).records.keys()];
      };
      await idsAfter(a, ['old-1', 'old-2']);
      vi.advanceTimersByTime(290_000);
      await idsAfter(b, ['live']);
      for (let minute = 0; minute < 180; minute++) {
        vi.advanceTimersByTime(60_000);
        await idsAfter(minute % 2 === 0 ? a : b, ['live']);
      }
      for (const store of [a, b]) await expect(idsAfter(store, ['live'])).resolves.toEqual(['K1/live']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('writes files that only its user can read', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const store = new FileStore(directory);
    await store.sync(count('a', 3, fact('a', 5)));
    const lease = await store.lease('openai', 'probe', 1000);
    await lease?.renew?.(1000, 'a note');
    const paths = await pathsOf(directory, '');
    expect(paths).toHaveLength(3);
    for (const path of paths) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('writes exactly the facts and counters of its requests', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.sync(count('fingerprint', 3, fact('fingerprint', 5)));
    expect(JSON.parse(await readFile(await pathOf(directory, '.health.'), 'utf8'))).toEqual({
      format: 1,
      instance: 'one',
      records: [['fingerprint', cooling(5)]],
    });
    expect(JSON.parse(await readFile(await pathOf(directory, '.usage.'), 'utf8'))).toEqual({
      format: 1,
      counters: [{ instance: 'one', window: 'total', expiresAtMs: 4_000_000_000_000, totals: [['fingerprint', [3]]] }],
      folded: [],
    });
  });

  it('writes a burst of facts in one change', async () => {
    const directory = await emptyDirectory();
    const [store, watching] = [new FileStore(directory), new FileStore(directory)];
    await store.sync(fact('a', 0));
    const changes: Change[] = [];
    await watching.subscribe('openai', { change: (change) => void changes.push(change), gap: () => {} });
    // A store that watches looks at no directory before it writes, so the burst arrives together.
    await store.subscribe('openai', { change: () => {}, gap: () => {} });
    await Promise.all(Array.from({ length: 500 }, (_, index) => store.sync(fact('a', index))));
    await vi.waitFor(() => expect(changes.at(-1)?.records.get('a')).toEqual(cooling(499)));
    expect(changes).toHaveLength(1);
    await Promise.all([watching.close(), store.close()]);
  });

  it('writes no file when the end of a window moves only a little', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    const ending = (expiresAtMs: number, totals = new Map<string, number[]>()) =>
      request({ counters: [{ window: 'total', expiresAtMs, totals }] });
    const end = Date.now() + 30 * day;
    await store.sync(ending(end, new Map([['a', [1]]])));
    const path = await pathOf(directory, '.usage.');
    const { ino } = await stat(path);
    await store.sync(ending(end + 1000));
    expect((await stat(path)).ino).toBe(ino);
    await store.sync(ending(end + day));
    expect(await readFile(path, 'utf8')).toContain(`${end + day}`);
  });

  it('drops the counters of expired windows from its file', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    const counters = [{ window: 'today', expiresAtMs: Date.now() + 40, totals: new Map([['a', [1]]]) }];
    await store.sync(request({ counters }));
    await pass(50);
    await store.sync(count('a', 2));
    expect(await readFile(await pathOf(directory, '.usage.'), 'utf8')).not.toContain('today');
  });

  it('writes removed files again', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const store = new FileStore(directory);
    await store.sync(count('a', 3, fact('a', 5)));
    await rm(directory, { recursive: true });
    await found(store);
    expect(await found(directory)).toEqual({ records: { a: cooling(5) }, totals: { a: [3] } });
  });
});

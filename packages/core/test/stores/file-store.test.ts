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
  it('takes a path, and nothing else', () => {
    for (const directory of ['', ' ', 'a\0b', undefined, null, 7, {}]) {
      expect(() => new FileStore(directory as string)).toThrow(InvalidOptionsError);
    }
  });

  it('makes no more than its directory before it has something to write', async () => {
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

  it('hears at once of the first fact in a directory that was not there', { timeout: 1000 }, async () => {
    const directory = join(await emptyDirectory(), 'state');
    const [listening, writing] = [new FileStore(directory), new FileStore(directory)];
    const heard = Promise.withResolvers<Change>();
    await listening.subscribe('openai', { change: heard.resolve, gap: () => {} });
    await writing.sync(fact('a', 5));
    expect([...(await heard.promise).records.keys()]).toEqual(['a']);
    await Promise.all([listening.close(), writing.close()]);
  });

  it('keeps facts and counters for whoever opens the directory next', async () => {
    const directory = join(await emptyDirectory(), 'a', 'b');
    const store = new FileStore(directory);
    await store.sync(fact('a', 5));
    await store.sync(count('a', 3));
    const kept = { records: { a: cooling(5) }, totals: { a: [3] } };
    expect(await found(directory)).toEqual(kept);
    await store.close();
    expect(await found(directory)).toEqual(kept);
  });

  it('goes on after it was closed', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.close();
    await store.sync(fact('a', 5));
    await store.close();
    expect((await found(directory)).records).toEqual({ a: cooling(5) });
  });

  it('lets nobody but its user read what it writes', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const store = new FileStore(directory);
    await store.sync(count('a', 3, fact('a', 5)));
    await store.lease('openai', 'probe', 1000);
    const paths = await pathsOf(directory, '');
    expect(paths).toHaveLength(3);
    for (const path of paths) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('writes what it is told, and nothing else', async () => {
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

  it('writes a burst of facts at once', async () => {
    const directory = await emptyDirectory();
    const [store, watching] = [new FileStore(directory), new FileStore(directory)];
    await store.sync(fact('a', 0));
    const changes: Change[] = [];
    await watching.subscribe('openai', { change: (change) => void changes.push(change), gap: () => {} });
    await Promise.all(Array.from({ length: 500 }, (_, index) => store.sync(fact('a', index))));
    await vi.waitFor(() => expect(changes.at(-1)?.records.get('a')).toEqual(cooling(499)));
    expect(changes).toHaveLength(1);
    await watching.close();
  });

  it('writes no file for a window that only moves on a little', async () => {
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

  it('drops counters of windows that are over from its file', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    const counters = [{ window: 'today', expiresAtMs: Date.now() + 40, totals: new Map([['a', [1]]]) }];
    await store.sync(request({ counters }));
    await pass(50);
    await store.sync(count('a', 2));
    expect(await readFile(await pathOf(directory, '.usage.'), 'utf8')).not.toContain('today');
  });

  it('writes again what somebody has removed', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const store = new FileStore(directory);
    await store.sync(count('a', 3, fact('a', 5)));
    await rm(directory, { recursive: true });
    await found(store);
    expect(await found(directory)).toEqual({ records: { a: cooling(5) }, totals: { a: [3] } });
  });
});

import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../src/index.ts';
import { StateDirectory } from '../../src/stores/state-directory.ts';
import { pathOf, pathsOf } from './file-store-files.ts';
import { cooling, count, emptyDirectory, fact, found } from './file-store-requests.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a FileStore that is closed', () => {
  it('leaves two files, however many were opened before', async () => {
    const directory = await emptyDirectory();
    for (let number = 0; number < 15; number++) {
      const store = new FileStore(directory);
      await store.sync(count('a', 2, { ...fact(`key-${number}`, 5), instance: `instance-${number}` }));
      await store.close();
      await store.close();
    }
    expect(await readdir(directory)).toHaveLength(2);
    const { records, totals } = await found(directory);
    expect(totals).toEqual({ a: [30] });
    expect(Object.keys(records)).toHaveLength(15);
  });

  it('hands over a file that it has only adopted', async () => {
    const directory = await emptyDirectory();
    for (const facts of [fact('a', 5).facts, new Map()]) {
      const store = new FileStore(directory);
      await store.sync({ ...fact('a', 5), facts });
      await store.close();
      expect(await pathsOf(directory, '')).toEqual(await pathsOf(directory, '.health.closed.'));
    }
  });

  it('is counted once with stores that are closed at the same time', async () => {
    const directory = await emptyDirectory();
    const stores = Array.from({ length: 12 }, () => new FileStore(directory));
    await Promise.all(stores.map((store, index) => store.sync(count('a', 1, { instance: `instance-${index}` }))));
    await Promise.all(stores.map((store) => store.close()));
    expect((await found(directory)).totals).toEqual({ a: [12] });
    const last = new FileStore(directory);
    await last.close();
    expect((await found(directory)).totals).toEqual({ a: [12] });
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('does not count a file twice that another process has included but not removed yet', async () => {
    const directory = await emptyDirectory();
    const first = new FileStore(directory);
    await first.sync(count('a', 3));
    const own = await pathOf(directory, '.usage.');
    const foreign = own.replace(/usage\.[^.]+/, 'usage.other-host-1');
    await rename(own, foreign);
    const { counters } = JSON.parse(await readFile(foreign, 'utf8'));
    const folded = foreign.replace(/\.usage\..*/, '.folded.1.json');
    await writeFile(folded, JSON.stringify({ format: 1, counters, folded: [basename(foreign)] }));
    const second = new FileStore(directory);
    await second.sync(count('b', 1, { instance: 'two' }));
    await second.close();
    expect(existsSync(foreign)).toBe(true);
    expect((await found(directory)).totals).toEqual({ a: [3], b: [1] });
  });

  it('counts only what comes later when it is used again', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    for (const total of [3, 5, 5, 6]) {
      await store.sync(count('a', total, fact('a', total)));
      expect((await found(directory)).totals).toEqual({ a: [total] });
      await store.close();
      expect(await found(directory)).toEqual({ records: { a: cooling(total) }, totals: { a: [total] } });
    }
  });

  it('is counted once when it is used while it closes', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const directory = await emptyDirectory();
      const store = new FileStore(directory);
      await store.sync(count('a', 3));
      const late = store.sync(count('a', 5));
      // The close meets another step of the request each time.
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([store.close(), store.close(), late]);
      await store.sync(count('a', 6));
      await store.close();
      expect((await found(directory)).totals).toEqual({ a: [6] });
    }
  });
});

describe('a FileStore of a process that was suspended for days', () => {
  /** A store whose file another host has adopted meanwhile. */
  async function adoptedStore(directory: string): Promise<FileStore> {
    const store = new FileStore(directory);
    await store.sync(count('a', 3));
    const own = await pathOf(directory, '.usage.');
    const foreign = own.replace(/usage\.[^.]+/, 'usage.other-host-1');
    await rename(own, foreign);
    vi.useFakeTimers({ now: Date.now() + 3 * dayMs, toFake: ['Date', 'performance'] });
    const adopting = new FileStore(directory);
    await found(adopting);
    vi.advanceTimersByTime(20_000);
    await found(adopting);
    expect(await pathsOf(directory, 'usage.other-host')).toEqual([]);
    return store;
  }

  it('is counted once', async () => {
    const directory = await emptyDirectory();
    const store = await adoptedStore(directory);
    await store.sync(count('a', 4));
    await store.sync(count('a', 6));
    expect((await found(directory)).totals).toEqual({ a: [6] });
    await store.close();
    expect((await found(directory)).totals).toEqual({ a: [6] });
  });

  it('shows at once that it lives, so that its file is not adopted', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.sync(count('a', 3, fact('a', 5)));
    vi.useFakeTimers({ now: Date.now() + 3 * dayMs, toFake: ['Date', 'performance'] });
    await store.sync(count('a', 3));
    for (const path of await pathsOf(directory, ''))
      expect((await stat(path)).mtimeMs).toBeGreaterThan(Date.now() - 1000);
  });
});

describe('a directory that is watched', () => {
  it('is watched again after it was removed and made again', async () => {
    const directory = join(await emptyDirectory(), 'state');
    const [watching, writing] = [new FileStore(directory), new FileStore(directory)];
    const ids = new Set<string>();
    await watching.subscribe('openai', {
      change: ({ records }) => [...records.keys()].forEach((id) => ids.add(id)),
      gap: () => {},
    });
    await writing.sync(fact('a', 5));
    await vi.waitFor(() => expect([...ids]).toEqual(['a']), 4000);
    await rm(directory, { recursive: true });
    await writing.sync(fact('b', 5));
    await vi.waitFor(() => expect([...ids]).toEqual(['a', 'b']), 6000);
    await writing.sync(fact('c', 5));
    await vi.waitFor(() => expect([...ids]).toEqual(['a', 'b', 'c']), 6000);
    await Promise.all([watching.close(), writing.close()]);
  });

  it('may fail, without an unhandled rejection', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.subscribe('openai', { change: () => {}, gap: () => {} });
    const stamp = vi.spyOn(StateDirectory.prototype, 'changedAtMs').mockRejectedValue(new Error('EACCES'));
    await vi.waitFor(() => expect(stamp.mock.calls.length).toBeGreaterThan(1), 6000);
    await store.close();
  });
});

describe('a FileStore without changes', () => {
  it('shows a sign of life each hour', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.sync(count('a', 3, fact('a', 5)));
    const path = await pathOf(directory, '.usage.');
    const start = Date.now();
    await utimes(path, new Date(start), new Date(start));
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
    const signs = new Set<number>();
    for (let minute = 0; minute < 300; minute += 10) {
      vi.advanceTimersByTime(600_000);
      await store.sync(count('a', 3));
      signs.add((await stat(path)).mtimeMs);
    }
    expect([...signs]).toEqual([0, 1, 2, 3, 4, 5].map((hour) => start + hour * hourMs));
  });

  it('does not list its directory for each request, with and without a feed', async () => {
    const directory = await emptyDirectory();
    const [store, watching] = [new FileStore(directory), new FileStore(directory)];
    await store.sync(count('a', 3, fact('a', 5)));
    await watching.sync(fact('a', 5));
    await watching.subscribe('openai', { change: () => {}, gap: () => {} });
    await pass(300);
    await found(store);
    const list = vi.spyOn(StateDirectory.prototype, 'list');
    for (let request = 0; request < 20; request++) {
      for (const each of [store, watching]) await each.sync({ ...fact('a', 5), withTotals: false });
    }
    expect(list).not.toHaveBeenCalled();
    await watching.close();
  });

  it('reads only the file that has changed when it is reported', async () => {
    const directory = await emptyDirectory();
    const others = Array.from({ length: 20 }, () => new FileStore(directory));
    for (const [index, other] of others.entries()) await other.sync(fact(`key-${index}`, 5));
    const watching = new FileStore(directory);
    const ids = new Set<string>();
    await watching.subscribe('openai', {
      change: ({ records }) => [...records.keys()].forEach((id) => ids.add(id)),
      gap: () => {},
    });
    await pass(300);
    await others[7]?.sync(fact('key-7', 5));
    const read = vi.spyOn(StateDirectory.prototype, 'read');
    await others[7]?.sync(fact('new', 9));
    await vi.waitFor(() => expect([...ids]).toEqual(['new']));
    expect(read.mock.calls.length).toBeLessThanOrEqual(2);
    await watching.close();
  });
});

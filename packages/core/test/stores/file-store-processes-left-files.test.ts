import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../src/index.ts';
import { pathOf, pathsOf } from './file-store-files.ts';
import { cooling, count, emptyDirectory, fact, found } from './file-store-requests.ts';
import { leave, makeOld } from './left-files.ts';
import { StoreChild } from './start-store-child.ts';

describe('FileStore with unusable files', () => {
  const garbage = [
    '',
    '{',
    '\0\0\0\0',
    'null',
    '[]',
    '7',
    '{"format":2,"instance":"x","records":[["c",{}]],"counters":[]}',
    '{"format":1}',
    '{"format":1,"instance":7,"records":7,"counters":7,"folded":7}',
    JSON.stringify({ format: 1, instance: 'x', records: [['c', cooling(9)]] }).slice(0, -9),
  ];

  it('ignores them, keeps them, and uses the others', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    for (const kind of ['.health.', '.usage.']) {
      const left = (await pathOf(directory, kind)).replace(/[^.]*\.json$/, '');
      for (const [index, text] of garbage.entries()) await writeFile(`${left}${index}.json`, text);
      await mkdir(`${left}folder.json`);
      await symlink('nowhere', `${left}link.json`);
    }
    const before = (await readdir(directory)).length;
    const store = new FileStore(directory);
    expect(await found(store)).toEqual({ records: { a: cooling(5) }, totals: { a: [1] } });
    await store.sync(count('b', 1, fact('b', 6)));
    expect(await found(directory)).toEqual({
      records: { a: cooling(5), b: cooling(6) },
      totals: { a: [1], b: [1] },
    });
    // One file more: its own usage. It has adopted the health and compacted the usage of the ended process.
    expect(await readdir(directory)).toHaveLength(before + 1);
  });

  it('adopts only valid entries from forged files', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    const records = [
      ['__proto__', cooling(7)],
      ['a', cooling(-1)],
      ['b', { ...cooling(1), level: 1.5 }],
      ['c', { ...cooling(1), reason: 'hasOwnProperty' }],
      ['d', { ...cooling(1), generation: '1' }],
      ['e', { ...cooling(1), disabled: null }],
      ['f', null],
      [7, cooling(1)],
      [],
      null,
    ];
    const forged = JSON.stringify({ format: 1, instance: 'x', records }).replace('"level":1.5', '"level":1e999');
    await writeFile((await pathOf(directory, '.health.')).replace('.json', '0.json'), forged);
    const totals = [
      ['a', [-1]],
      ['b', ['1']],
      ['c', 1],
      ['__proto__', [4]],
      [7, [1]],
    ];
    const counters = [
      { instance: 'x', window: 'total', expiresAtMs: 4e12, totals },
      { instance: 'x', window: 7, expiresAtMs: 4e12, totals: [['d', [1]]] },
      { instance: 'x', window: 'total', expiresAtMs: 'never', totals: [['d', [1]]] },
      {},
      null,
    ];
    await writeFile(
      (await pathOf(directory, '.usage.')).replace('.json', '0.json'),
      JSON.stringify({ format: 1, counters, folded: [null, {}] }),
    );
    const store = new FileStore(directory);
    const { records: known, totals: sums } = await store.sync(count('z', 0));
    expect([...known]).toEqual(
      expect.arrayContaining([
        ['__proto__', cooling(7)],
        ['a', cooling(5)],
      ]),
    );
    expect(known.size).toBe(2);
    expect(new Map(sums.get('total'))).toEqual(
      new Map([
        ['a', [1]],
        ['__proto__', [4]],
        ['z', [0]],
      ]),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('compacts nothing when it cannot read the compacted file', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    await found(directory);
    const sum = await pathOf(directory, '.folded.');
    await writeFile(sum, '{"format":2}');
    await leave(directory);
    expect((await found(directory)).totals).toEqual({ a: [1] });
    expect(await readFile(sum, 'utf8')).toBe('{"format":2}');
    expect(await pathsOf(directory, '.usage.')).toHaveLength(1);
  });

  it('gives a lease when the lease file cannot be read', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    await store.lease('openai', 'probe', 60_000);
    await writeFile(await pathOf(directory, '.lease.'), '{"format":1,"untilMs":"for ever"}');
    expect(await store.lease('openai', 'probe', 60_000)).not.toBeNull();
    expect(await store.lease('openai', 'probe', 60_000)).toBeNull();
  });
});

describe('FileStore with orphaned files', () => {
  it('adopts the files of ended processes and removes their temporary files', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    const left = await pathOf(directory, '.health.');
    const [, owner = ''] = /\.health\.(.*)\.json$/.exec(left) ?? [];
    await writeFile(join(directory, `tmp.${owner}.3`), '{"for');
    expect(await found(directory)).toEqual({ records: { a: cooling(5) }, totals: { a: [1] } });
    expect(existsSync(left)).toBe(false);
    expect(await readdir(directory)).toHaveLength(2);
    expect(await pathsOf(directory, '.folded.1.json')).toHaveLength(1);
    expect(await found(directory)).toEqual({ records: { a: cooling(5) }, totals: { a: [1] } });
  });

  it('counts a file once that is compacted but not removed', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    const path = await pathOf(directory, '.usage.');
    const text = await readFile(path);
    const reader = new FileStore(directory);
    await found(reader);
    await writeFile(path, text);
    expect((await found(new FileStore(directory))).totals).toEqual({ a: [1] });
    expect(existsSync(path)).toBe(false);
    await writeFile(path, text);
    await leave(directory);
    expect((await found(directory)).totals).toEqual({ a: [2] });
    expect(await pathsOf(directory, '.usage.')).toEqual([]);
  });

  it('keeps the files of running processes', async () => {
    const directory = await emptyDirectory();
    await using child = new StoreChild(directory);
    await child.sync(count('a', 1, fact('a', 5)));
    const before = await readdir(directory);
    await found(directory);
    expect(await readdir(directory)).toEqual(before);
  });

  /** Leaves the health file of a process on another host, with a last sign of life this long ago. */
  async function leaveForeign(directory: string, days: number): Promise<string> {
    await leave(directory);
    await rm(await pathOf(directory, '.usage.'));
    const path = await pathOf(directory, '.health.');
    const foreign = path.replace(/health\.[^.]+/, 'health.other-host-1');
    await rename(path, foreign);
    await makeOld(foreign, days);
    return foreign;
  }

  it.each([
    ['after a day', 1.1, true],
    ['not before a day', 0.9, false],
  ])('adopts files of another host %s without a sign of life', async (_, days, isAdopted) => {
    const directory = await emptyDirectory();
    const foreign = await leaveForeign(directory, days);
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date', 'performance'] });
    try {
      const store = new FileStore(directory);
      expect((await found(store)).records).toEqual({ a: cooling(5) });
      expect(existsSync(foreign)).toBe(true);
      vi.advanceTimersByTime(20_000);
      expect((await found(store)).records).toEqual({ a: cooling(5) });
      expect(existsSync(foreign)).toBe(!isAdopted);
      expect((await found(directory)).records).toEqual({ a: cooling(5) });
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps the file of another host that shows a sign of life after both machines were suspended', async () => {
    const directory = await emptyDirectory();
    const foreign = await leaveForeign(directory, 3);
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date', 'performance'] });
    try {
      const store = new FileStore(directory);
      await found(store);
      vi.advanceTimersByTime(20_000);
      await utimes(foreign, new Date(), new Date());
      await found(store);
      expect(existsSync(foreign)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('removes leases that expired more than a day ago', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    for (const name of ['old', 'new']) await store.lease('openai', name, 0);
    const [old = ''] = await pathsOf(directory, '.lease.old-');
    await makeOld(old, 2);
    await found(directory);
    expect(existsSync(old)).toBe(false);
    expect(await pathsOf(directory, '.lease.new-')).toHaveLength(1);
    expect(await store.lease('openai', 'old', 1000)).not.toBeNull();
  });

  it('keeps the note of a lease that nobody has renewed for less than a day', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    const lease = await store.lease('openai', 'alerts', 60_000);
    await lease?.renew?.(1, 'sent');
    const path = await pathOf(directory, '.lease.');
    await makeOld(path, 0.9);
    await found(new FileStore(directory));
    expect(await store.readNote('openai', 'alerts')).toBe('sent');
    await makeOld(path, 1.1);
    await found(new FileStore(directory));
    expect(await store.readNote('openai', 'alerts')).toBeUndefined();
  });

  it('adopts files of this host from before its last boot', async () => {
    const directory = await emptyDirectory();
    await using child = new StoreChild(directory);
    await child.sync(fact('a', 5));
    const path = await pathOf(directory, '.health.');
    const earlier = path.replace(/(health\.[^.]+\.)[^.]+/, '$1another-boot');
    await rename(path, earlier);
    expect((await found(directory)).records).toEqual({ a: cooling(5) });
    expect(existsSync(earlier)).toBe(false);
  });

  it('removes unreadable files after 30 days', async () => {
    const directory = await emptyDirectory();
    await leave(directory);
    const path = (await pathOf(directory, '.usage.')).replace('.json', '0.json');
    await writeFile(path, 'garbage');
    await makeOld(path, 31);
    expect((await found(directory)).totals).toEqual({ a: [1] });
    expect(existsSync(path)).toBe(false);
  });
});

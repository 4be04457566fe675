import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../src/index.ts';
import type { Change } from '../../src/store.ts';
import { cooling, count, emptyDirectory, fact, found } from './file-store-requests.ts';
import { StoreChild } from './start-store-child.ts';

const patience = { timeout: 10_000, interval: 10 };

async function limitFileSize(pid: number | undefined, bytes: string): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:unlimited`]);
}

describe('FileStore in several processes', () => {
  it('shows a fact to another process, and emits it to subscribers', async () => {
    const directory = await emptyDirectory();
    const store = new FileStore(directory);
    const changes: Change[] = [];
    await store.subscribe('openai', { change: (change) => void changes.push(change), gap: () => {} });
    await using child = new StoreChild(directory);
    await child.sync(fact('a', 5));
    await vi.waitFor(() => expect(changes).toHaveLength(1), patience);
    expect(changes[0]?.records).toEqual(new Map([['a', cooling(5)]]));
    await store.sync(fact('b', 6));
    expect(await found(child)).toMatchObject({ records: { a: cooling(5), b: cooling(6) } });
    await store.close();
  });

  it('sees a fact in a directory that did not exist before the subscription', async () => {
    const directory = join(await emptyDirectory(), 'not', 'there', 'yet');
    const store = new FileStore(directory);
    const changes: Change[] = [];
    await store.subscribe('openai', { change: (change) => void changes.push(change), gap: () => {} });
    await using child = new StoreChild(directory);
    await child.sync(fact('a', 5));
    await vi.waitFor(() => expect(changes).toHaveLength(1), patience);
    await store.close();
  });

  it('counts 10,000 updates of each of 4 processes exactly', { timeout: 60_000 }, async () => {
    const directory = await emptyDirectory();
    const children = Array.from({ length: 4 }, () => new StoreChild(directory, 'count', '10000'));
    expect(await Promise.all(children.map((child) => child.end()))).toEqual([0, 0, 0, 0]);
    expect((await found(directory)).totals).toEqual({ shared: [40_000] });
    expect((await found(directory)).totals).toEqual({ shared: [40_000] });
  });

  it('lets a process end that never closes it, and keeps its facts', async () => {
    const directory = await emptyDirectory();
    const child = new StoreChild(directory, 'mark', 'a');
    expect(await child.end()).toBe(7);
    expect(await found(directory)).toEqual({ records: { a: cooling(1) }, totals: { a: [1] } });
  });

  it('gives a lease to exactly one of 8 processes, and to another after it expires when the holder is killed', async () => {
    const directory = await emptyDirectory();
    const children = Array.from({ length: 8 }, () => new StoreChild(directory));
    try {
      for (let round = 0; round < 10; round++) {
        const isHolder = await Promise.all(children.map((child) => child.lease('probe', 60_000)));
        expect(isHolder.filter(Boolean)).toHaveLength(1);
        await children[isHolder.indexOf(true)]?.release();
      }
      const isHolder = await Promise.all(children.map((child) => child.lease('short', 300)));
      const [holder] = children.splice(isHolder.indexOf(true), 1);
      await holder?.kill();
      const leaseAll = () => Promise.all(children.map((child) => child.lease('short', 60_000)));
      await vi.waitFor(async () => expect((await leaseAll()).filter(Boolean)).toHaveLength(1), patience);
      expect((await leaseAll()).filter(Boolean)).toHaveLength(0);
      expect((await readdir(directory)).filter((name) => name.includes('lease'))).toHaveLength(2);
    } finally {
      await Promise.all(children.map((child) => child.kill()));
    }
  });

  it('reads from a read-only directory, and rejects writes with the reason', async () => {
    const parent = await emptyDirectory();
    await chmod(parent, 0o755);
    const directory = join(parent, 'state');
    await mkdir(directory);
    const store = new FileStore(directory);
    await store.sync(fact('a', 5));
    for (const name of await readdir(directory)) await chmod(join(directory, name), 0o444);
    await chmod(directory, 0o555);
    await using child = new StoreChild(directory, 'serve', '', true);
    expect((await found(child)).records).toEqual({ a: cooling(5) });
    await expect(child.sync(fact('b', 6))).rejects.toMatchObject({
      code: 'EACCES',
      message: `The state directory "${directory}" cannot be written: EACCES.`,
    });
    await chmod(directory, 0o777);
    await child.sync(count('b', 1));
    expect((await found(directory)).records).toEqual({ a: cooling(5), b: cooling(6) });
  });

  it('rejects with the reason when it cannot create or read its directory', async () => {
    const parent = await emptyDirectory();
    await chmod(parent, 0o755);
    await using child = new StoreChild(join(parent, 'state'), 'serve', '', true);
    expect((await found(child)).records).toEqual({});
    await chmod(parent, 0o555);
    await expect(child.sync(fact('a', 5))).rejects.toMatchObject({ code: 'EACCES' });
    await mkdir(join(parent, 'state'), { mode: 0o000 }).catch(async () => {
      await chmod(parent, 0o755);
      await mkdir(join(parent, 'state'), { mode: 0o000 });
    });
    await expect(child.sync(fact('b', 6))).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read: EACCES') as string,
    });
    await chmod(join(parent, 'state'), 0o777);
    await child.sync(count('b', 1));
    expect((await found(child)).records).toEqual({ a: cooling(5), b: cooling(6) });
    const file = join(parent, 'file');
    await writeFile(file, '');
    await expect(new FileStore(file).sync(fact('a', 5))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('rejects when the disk is full, keeps the old files, and writes everything when there is room again', async () => {
    const directory = await emptyDirectory();
    await using child = new StoreChild(directory);
    await child.sync(fact('a', 5));
    await limitFileSize(child.process.pid, '20');
    await expect(child.sync(fact('b', 6))).rejects.toMatchObject({ code: 'EFBIG' });
    await expect(child.sync(count('b', 3))).rejects.toMatchObject({ code: 'EFBIG' });
    await expect(child.lease('probe', 60_000)).rejects.toMatchObject({ code: 'EFBIG' });
    expect((await found(directory)).records).toEqual({ a: cooling(5) });
    expect(await readdir(directory)).toHaveLength(1);
    await limitFileSize(child.process.pid, 'unlimited');
    await found(child);
    expect(await found(directory)).toEqual({ records: { a: cooling(5), b: cooling(6) }, totals: { b: [3] } });
  });
});

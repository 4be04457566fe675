import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FileLeases } from '../../src/stores/file-leases.ts';
import { FileView } from '../../src/stores/file-view.ts';
import { StateDirectory } from '../../src/stores/state-directory.ts';
import { emptyDirectory } from './file-store-requests.ts';

/** Runs `onList` after listing the files, as if another process did it at that moment. */
class BusyDirectory extends StateDirectory {
  onList: (() => Promise<void>) | undefined;

  override async list(): Promise<string[]> {
    const names = await super.list();
    const act = this.onList;
    this.onList = undefined;
    await act?.();
    return names;
  }
}

/** Runs `onWrite` before a file is replaced, and `onAdd` before one is added, as if another process did it at that moment. */
class LateDirectory extends StateDirectory {
  onWrite: (() => Promise<void>) | undefined;
  onAdd: (() => Promise<void>) | undefined;

  override async write(...args: Parameters<StateDirectory['write']>): Promise<void> {
    await this.onWrite?.();
    await super.write(...args);
  }

  override async addToSeries(...args: Parameters<StateDirectory['addToSeries']>): Promise<string | undefined> {
    await this.onAdd?.();
    return super.addToSeries(...args);
  }
}

describe('a note', () => {
  it('is none if a file of its lease can never be read', async () => {
    const path = await emptyDirectory();
    const leases = new FileLeases(new StateDirectory(path));
    await (await leases.take('openai', 'alerts', 1000))?.renew?.(1000, 'sent');
    const [file = ''] = await readdir(path);
    await symlink(join(path, 'missing'), join(path, file.replace(/\d+(?=\.json$)/, '9')));
    await expect(leases.readNote('openai', 'alerts')).resolves.toBeUndefined();
  });
});

describe('a lease that is renewed at its last moment', () => {
  async function leaseThatEnds() {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const path = await emptyDirectory();
    const [held, other] = [new LateDirectory(path), new LateDirectory(path)];
    const lease = await new FileLeases(held).take('openai', 'alerts', 1000);
    await lease?.renew?.(1000, 'first');
    const takeOver = () => new FileLeases(other).take('openai', 'alerts', 1000);
    const note = () => new FileLeases(other).readNote('openai', 'alerts');
    return { held, other, renew: () => lease?.renew?.(1000, 'last'), takeOver, note };
  }

  it('is lost when another process takes it before the renewal is written', async () => {
    const { held, renew, takeOver, note } = await leaseThatEnds();
    const taken: unknown[] = [];
    held.onWrite = async () => {
      held.onWrite = undefined;
      vi.advanceTimersByTime(1000);
      const next = await takeOver();
      taken.push(await next?.renew?.(1000, 'next'));
    };
    expect(await renew()).toBe(false);
    expect(taken).toEqual([true]);
    expect(await note()).toBe('next');
    expect(await takeOver()).toBeNull();
  });

  it('is kept when the renewal is written before the other process has taken it', async () => {
    const { other, renew, takeOver, note } = await leaseThatEnds();
    const renewed: unknown[] = [];
    const endMs = Date.now() + 1000;
    other.onAdd = async () => {
      // The holder has looked at its clock before the lease ended.
      vi.setSystemTime(endMs - 1);
      renewed.push(await renew());
      vi.setSystemTime(endMs);
    };
    vi.setSystemTime(endMs);
    expect(await takeOver()).toBeNull();
    expect(renewed).toEqual([true]);
    expect(await note()).toBe('last');
  });
});

describe('a state directory that several processes change', () => {
  it('lets exactly one process add a number to a series, and no late one', async () => {
    const path = await emptyDirectory();
    const [one, two] = [new StateDirectory(path), new StateDirectory(path)];
    const first = await Promise.all([one.addToSeries('a', 0, 'one'), two.addToSeries('a', 0, 'two')]);
    expect(first.filter((name) => name === 'a.1.json')).toHaveLength(1);
    expect(await one.addToSeries('a', 1, 'next')).toBe('a.2.json');
    expect(await readdir(path)).toEqual(['a.2.json']);
    expect(await two.addToSeries('a', 0, 'late')).toBeUndefined();
    expect(await readdir(path)).toEqual(['a.2.json']);
    expect(await two.addToSeries('a', 9, 'tenth')).toBe('a.10.json');
    expect(await readdir(path)).toEqual(['a.10.json']);
  });

  it('adds nothing to a series that has ended and started again', async () => {
    const path = await emptyDirectory();
    const [one, two] = [new StateDirectory(path), new StateDirectory(path)];
    const isCurrent = (text: string) => text === 'current';
    await one.addToSeries('a', 0, 'current', isCurrent);
    expect(await two.addToSeries('a', 5, 'late', isCurrent)).toBeUndefined();
    expect(await readdir(path)).toEqual(['a.1.json']);
  });

  it('is listed again when a file vanishes while it is read', async () => {
    const directory = new BusyDirectory(await emptyDirectory());
    await writeFile(join(directory.path, 'before'), '');
    const view = new FileView(
      directory,
      () => true,
      (text) => text,
    );
    directory.onList = async () => {
      await directory.write('after', '', { isDurable: false });
      await directory.remove('before');
    };
    await view.refresh();
    expect([...view.files.keys()]).toEqual(['after']);
  });

  it('is read again when a file has changed, however soon', async () => {
    const directory = new StateDirectory(await emptyDirectory());
    const view = new FileView(
      directory,
      () => true,
      (text) => text,
    );
    for (let number = 0; number < 50; number++) {
      for (const text of ['x', `${number % 10}`]) await directory.write('a', text, { isDurable: false });
      view.note('a');
      await view.refresh();
      expect(view.files.get('a')?.content).toBe(`${number % 10}`);
    }
  });
});

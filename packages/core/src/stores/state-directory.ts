import { join } from 'node:path';
import { fs } from '../base/node-builtins.ts';
import { sha256 } from '../base/node-builtins.ts';
import { readField } from '../base/read-field.ts';
import { isOwnerGone, newOwner } from './file-owner.ts';
import { isInForce } from './state-file.ts';

const { link, mkdir, open, readdir, readFile, rename, stat, unlink, utimes } = fs.promises;

/** Two writes within one tick of the file system's clock have the same time. */
export const clockStepMs = 100;

const temporaryPrefix = 'tmp.';
const leasePart = '.lease.';
const removalsAtOnce = 32;
const leaseKeptMs = 24 * 60 * 60 * 1000;
const numbered = /\.(\d{1,15})\.json$/;

/** Distinguishes one version of a file from the next. */
export interface FileStamp {
  readonly isFile: boolean;
  readonly modifiedMs: number;
  readonly size: number;
  readonly inode: number;
}

function hasCode(error: unknown, code: string): boolean {
  return readField(error, 'code') === code;
}

/** Makes any name safe as part of a file name, also on file systems that ignore case; a hash keeps it unique. */
export function fileNamePart(name: string): string {
  const readable = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${readable.slice(0, 24)}-${sha256(name).toString('hex').slice(0, 16)}`;
}

/** The number of a file in a series; 0 when its name has none. */
export function numberOf(name: string): number {
  return Number(numbered.exec(name)?.[1] ?? 0);
}

/** The files of a directory that several processes write. Every write is atomic: no reader sees part of a file. */
export class StateDirectory {
  readonly path: string;
  #owner: string | undefined;
  #temporaries = 0;

  constructor(path: string) {
    this.path = path;
  }

  get owner(): string {
    this.#owner ??= newOwner();
    return this.#owner;
  }

  /** Empty when the directory does not exist. */
  async list(): Promise<string[]> {
    try {
      return await readdir(this.path);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw this.#failure('read', error);
    }
  }

  /** When a file was last added, replaced or removed, in ms since the epoch. `NaN` for the last 0.1 s, when another change can follow in the same tick. */
  async changedAtMs(): Promise<number> {
    const { modifiedMs } = (await this.stamp('.')) ?? { modifiedMs: 0 };
    return Date.now() - modifiedMs > clockStepMs ? modifiedMs : Number.NaN;
  }

  /** `undefined` when the file does not exist. */
  async stamp(name: string): Promise<FileStamp | undefined> {
    try {
      const stats = await stat(join(this.path, name));
      return { isFile: stats.isFile(), modifiedMs: stats.mtimeMs, size: stats.size, inode: stats.ino };
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw this.#failure('read', error);
    }
  }

  /** `undefined` when the file does not exist; empty when it cannot be read, so that one bad file stops no other. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.path, name), 'utf8');
    } catch (error) {
      return hasCode(error, 'ENOENT') ? undefined : '';
    }
  }

  /** Replaces a file. A durable write survives a power failure, and waits for the disk. */
  async write(name: string, text: string, { isDurable }: { readonly isDurable: boolean }): Promise<void> {
    const temporary = await this.#writeTemporary(text, isDurable);
    try {
      await rename(temporary, join(this.path, name));
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw this.#failure('write', error);
    }
  }

  /**
   * Adds the file after the given number to a series, and removes the earlier ones.
   *
   * When several processes add the same number, exactly one succeeds. Returns the name of the file; `undefined` to the
   * processes that were late. One is late as well when the series has ended and started again meanwhile: then an earlier
   * number is new, and `isCurrent` returns true for its text and name.
   */
  async addToSeries(
    series: string,
    number: number,
    text: string,
    isCurrent?: (text: string, name: string) => boolean,
  ): Promise<string | undefined> {
    const name = `${series}.${number + 1}.json`;
    const temporary = await this.#writeTemporary(text, true);
    try {
      await link(temporary, join(this.path, name));
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return undefined;
      throw this.#failure('write', error);
    } finally {
      await unlink(temporary).catch(() => {});
    }
    const others = (await this.series(series)).filter((other) => other !== name);
    // The number may be free again because the series has moved on and removed it.
    const hasMovedOn = others.some((other) => numberOf(other) > number);
    const texts = await Promise.all(isCurrent ? others.map((other) => this.read(other)) : []);
    const isLate = hasMovedOn || texts.some((other, index) => isCurrent?.(other ?? '', others[index] ?? ''));
    await this.removeAll(isLate ? [name] : others);
    return isLate ? undefined : name;
  }

  /** Removes the files of a lease that expired long ago. */
  async #endLease(last: string): Promise<void> {
    // Another process may replace the last file at the same time. It cannot replace the new one at once.
    const end = await this.addToSeries(last.replace(numbered, ''), numberOf(last), '', isInForce);
    if (end !== undefined) await this.remove(end);
  }

  /** The files of a series, newest last. */
  async series(series: string): Promise<string[]> {
    const names = (await this.list()).filter((name) => name.startsWith(`${series}.`) && numberOf(name) > 0);
    return names.toSorted((a, b) => numberOf(a) - numberOf(b));
  }

  /** Gives the file the current time. Ignores failures: the next write does the same. */
  async touch(name: string): Promise<void> {
    const now = new Date();
    await utimes(join(this.path, name), now, now).catch(() => {});
  }

  /** Ignores failures: a file that keeps its name is adopted when its process has ended. */
  async rename(name: string, newName: string): Promise<void> {
    await rename(join(this.path, name), join(this.path, newName)).catch(() => {});
  }

  /** Ignores failures: another process, or a later call, removes the file. */
  async remove(name: string): Promise<void> {
    await unlink(join(this.path, name)).catch(() => {});
  }

  async removeAll(names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += removalsAtOnce) {
      await Promise.all(names.slice(from, from + removalsAtOnce).map((name) => this.remove(name)));
    }
  }

  /** Removes the temporary files of processes that have ended, and leases that have long expired. */
  async removeLeftovers(): Promise<void> {
    for (const name of await this.list()) {
      const isTemporary = name.startsWith(temporaryPrefix);
      if (!isTemporary && !name.includes(leasePart)) continue;
      const modifiedMs = (await this.stamp(name))?.modifiedMs ?? Date.now();
      if (!isTemporary) {
        if (Date.now() - modifiedMs > leaseKeptMs) await this.#endLease(name);
      } else if (isOwnerGone(name.slice(temporaryPrefix.length), modifiedMs)) await this.remove(name);
    }
  }

  async #writeTemporary(text: string, isDurable: boolean): Promise<string> {
    const temporary = join(this.path, `${temporaryPrefix}${this.owner}.${this.#temporaries++}`);
    try {
      const file = await this.#openNew(temporary);
      try {
        await file.writeFile(text);
        if (isDurable) await file.datasync();
      } finally {
        await file.close();
      }
      return temporary;
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw this.#failure('write', error);
    }
  }

  /** Creates the directory, for the user of this process only. */
  async create(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
  }

  async #openNew(path: string): ReturnType<typeof open> {
    try {
      return await open(path, 'wx', 0o600);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await this.create();
      return open(path, 'wx', 0o600);
    }
  }

  #failure(operation: 'read' | 'write', cause: unknown): Error {
    const given = readField(cause, 'code');
    const code = typeof given === 'string' ? given : 'unknown error';
    const message = `The state directory "${this.path}" cannot be ${operation === 'read' ? 'read' : 'written'}: ${code}.`;
    return Object.assign(new Error(message, { cause }), { code });
  }
}

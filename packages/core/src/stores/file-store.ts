import type { FSWatcher } from 'node:fs';
import { abortable } from '../base/abortable.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { fs } from '../base/node-builtins.ts';
import { FilePool } from './file-pool.ts';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from './key-state-store.ts';
import { fileNamePart, numberOf, StateDirectory } from './state-directory.ts';
import { formatLease, parseLease } from './state-file.ts';

/** Changes are noticed this late where the system tells nothing about them. */
const pollMs = 1500;

/**
 * Keeps state in files: it survives restarts, and the processes of one machine share it.
 *
 * Needs a directory of its own on a local disk, which it makes when it is first listened to or written. Files can be read by the user of the
 * process only. Rejects with the system's error code, such as `ENOSPC`, when the directory cannot be read or written;
 * what it was told is then written the next time.
 *
 * @throws InvalidOptionsError for a directory that is no path.
 */
export class FileStore implements KeyStateStore {
  readonly kind = 'file';
  readonly #directory: StateDirectory;
  readonly #pools = new Map<string, FilePool>();
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    if (typeof directory !== 'string' || directory.trim() === '' || directory.includes('\0')) {
      throw new InvalidOptionsError('The directory of a FileStore must be a path, as a string that is not empty.');
    }
    this.#directory = new StateDirectory(directory);
  }

  async sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply> {
    return abortable(this.#pool(request.pool).sync(request), signal);
  }

  async subscribe(name: string, on: ChangeListener): Promise<() => Promise<void>> {
    const pool = this.#pool(name);
    // One that is not there cannot be watched; whether it can be written is told by the first sync that has to.
    await this.#directory.make().catch(() => {});
    // What is there already is no change.
    await pool.look();
    pool.listeners.add(on);
    this.#watch();
    // What came before the watcher.
    this.#lookAround();
    return async () => {
      pool.listeners.delete(on);
      if (![...this.#pools.values()].some(({ listeners }) => listeners.size > 0)) this.#stopWatching();
    };
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    const directory = this.#directory;
    const series = `${fileNamePart(pool)}.lease.${fileNamePart(name)}`;
    const last = (await directory.series(series)).at(-1);
    if (last !== undefined) {
      const text = await directory.read(last);
      // Somebody has just taken it over.
      if (text === undefined) return null;
      if ((parseLease(text)?.untilMs ?? 0) > Date.now()) return null;
    }
    const token = crypto.randomUUID();
    const untilMs = Date.now() + ttlMs;
    const mine = await directory.succeed(series, numberOf(last ?? ''), formatLease({ token, untilMs }));
    if (mine === undefined) return null;
    return {
      release: async () => {
        if (Date.now() >= untilMs || parseLease((await directory.read(mine)) ?? '')?.token !== token) return;
        await directory.write(mine, formatLease({ token: '', untilMs: 0 }), { isDurable: false });
      },
    };
  }

  async close(): Promise<void> {
    this.#stopWatching();
    for (const { listeners } of this.#pools.values()) listeners.clear();
    // Whoever was told that something could not be written knows it already.
    await Promise.allSettled([...this.#pools.values()].map((pool) => pool.save()));
  }

  #pool(name: string): FilePool {
    const pool = this.#pools.get(name) ?? new FilePool(this.#directory, name);
    this.#pools.set(name, pool);
    return pool;
  }

  #watch(): void {
    this.#poll ??= setInterval(() => {
      this.#listen();
      this.#lookAround();
    }, pollMs).unref();
    this.#listen();
  }

  /** Where the directory is not there yet, or the system has no way to watch it, there is the poll. */
  #listen(): void {
    if (this.#watcher) return;
    try {
      const watcher = fs.watch(this.#directory.path, { persistent: false }, (_, file) => this.#lookAround(file));
      this.#watcher = watcher;
      watcher.on('error', () => {
        watcher.close();
        this.#watcher = undefined;
      });
    } catch {
      this.#watcher = undefined;
    }
  }

  #stopWatching(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #lookAround(file: string | null = null): void {
    for (const pool of this.#pools.values()) {
      if (pool.listeners.size === 0 || (file !== null && !pool.concerns(file))) continue;
      // Whoever syncs is told what is wrong.
      pool.look().catch(() => {});
    }
  }
}

import type { FSWatcher } from 'node:fs';
import { abortable } from '../base/abortable.ts';
import { checkName } from '../base/check-arguments.ts';
import { fs } from '../base/node-builtins.ts';
import { FilePool } from './file-pool.ts';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from './key-state-store.ts';
import { fileNamePart, numberOf, StateDirectory } from './state-directory.ts';
import { formatLease, parseLease } from './state-file.ts';

/** Polling finds changes where the system does not report them, for example on some network file systems. */
const pollMs = 1500;

/**
 * Keeps state in files, so that it survives restarts and the processes of one machine share it.
 *
 * Needs its own directory on a local disk. The first `subscribe()` or write creates it. Only the user of the process
 * can read the files. When the directory cannot be read or written, operations reject with an error that has the
 * system's `code`, such as `ENOSPC`, and the next write includes what was lost.
 *
 * @throws InvalidOptionsError when `directory` is not a path of 1 to 4096 characters in one line.
 * @example
 * const store = new FileStore('.api-key-state');
 * const manager = OpenAIKeyManager.fromEnv({ store });
 * await manager.ready();
 * // …
 * await manager.close();
 * await store.close();
 */
export class FileStore implements KeyStateStore {
  readonly kind = 'file';
  readonly #directory: StateDirectory;
  readonly #pools = new Map<string, FilePool>();
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(directory: string) {
    checkName('directory', directory, 'The directory of a FileStore');
    this.#directory = new StateDirectory(directory);
  }

  async sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply> {
    return abortable(this.#pool(request.pool).sync(request), signal);
  }

  async subscribe(name: string, on: ChangeListener): Promise<() => Promise<void>> {
    const pool = this.#pool(name);
    // Only an existing directory can be watched. If it cannot be created, the first sync that writes rejects.
    await this.#directory.create().catch(() => {});
    // Existing state is not a change: read it before the listener is added.
    await pool.refresh();
    pool.listeners.add(on);
    this.#startWatching();
    // Files may have changed before the watcher started.
    this.#refreshPools();
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
      // Another process has just replaced it.
      if (text === undefined) return null;
      if ((parseLease(text)?.untilMs ?? 0) > Date.now()) return null;
    }
    const token = crypto.randomUUID();
    const untilMs = Date.now() + ttlMs;
    const mine = await directory.addToSeries(series, numberOf(last ?? ''), formatLease({ token, untilMs }));
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
    // The sync that could not write has rejected already.
    await Promise.allSettled([...this.#pools.values()].map((pool) => pool.save()));
  }

  #pool(name: string): FilePool {
    const pool = this.#pools.get(name) ?? new FilePool(this.#directory, name);
    this.#pools.set(name, pool);
    return pool;
  }

  #startWatching(): void {
    this.#poll ??= setInterval(() => {
      this.#openWatcher();
      this.#refreshPools();
    }, pollMs).unref();
    this.#openWatcher();
  }

  /** Polling covers a directory that does not exist yet and systems that cannot watch it. */
  #openWatcher(): void {
    if (this.#watcher) return;
    try {
      const watcher = fs.watch(this.#directory.path, { persistent: false }, (_, file) => this.#refreshPools(file));
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

  #refreshPools(file: string | null = null): void {
    for (const pool of this.#pools.values()) {
      if (pool.listeners.size === 0 || (file !== null && !pool.isForeignHealthFile(file))) continue;
      // The next sync rejects with the same error.
      pool.refresh().catch(() => {});
    }
  }
}

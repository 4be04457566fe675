import { abortable } from '../base/abortable.ts';
import { checkName } from '../base/check-arguments.ts';
import { DirectoryWatch } from './directory-watch.ts';
import { FileLeases } from './file-leases.ts';
import { FilePool } from './file-pool.ts';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from './key-state-store.ts';
import { StateDirectory } from './state-directory.ts';

/**
 * Keeps state in files, so that it survives restarts and the processes of one machine share it: up to about 50. Use a
 * `RedisStore` for more.
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
  readonly #leases: FileLeases;
  readonly #watch: DirectoryWatch;

  constructor(directory: string) {
    checkName('directory', directory, "The directory of a FileStore, such as new FileStore('.api-key-state'),");
    this.#directory = new StateDirectory(directory);
    this.#leases = new FileLeases(this.#directory);
    this.#watch = new DirectoryWatch(
      this.#directory,
      (file) => this.#onChange(file),
      () => this.#keepAlive(),
    );
  }

  async sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply> {
    const pool = this.#pool(request.pool);
    return abortable(pool.sync(request, this.#watch.isOn && pool.listeners.size > 0), signal);
  }

  async subscribe(name: string, on: ChangeListener): Promise<() => Promise<void>> {
    const pool = this.#pool(name);
    // Only an existing directory can be watched. If it cannot be created, the first sync that writes rejects.
    await this.#directory.create().catch(() => {});
    // Existing state is not a change: read it before the listener is added.
    await pool.onChange();
    pool.listeners.add(on);
    this.#watch.start();
    // Files may have changed before the watcher started.
    void pool.onChange().catch(() => {});
    return async () => {
      pool.listeners.delete(on);
      if (![...this.#pools.values()].some(({ listeners }) => listeners.size > 0)) this.#watch.stop();
    };
  }

  lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    return this.#leases.take(pool, name, ttlMs);
  }

  readNote(pool: string, name: string): Promise<string | undefined> {
    return this.#leases.readNote(pool, name);
  }

  async close(): Promise<void> {
    this.#watch.stop();
    for (const { listeners } of this.#pools.values()) listeners.clear();
    // The sync that could not write has rejected already.
    await Promise.allSettled([...this.#pools.values()].map((pool) => pool.close()));
  }

  #pool(name: string): FilePool {
    const pool = this.#pools.get(name) ?? new FilePool(this.#directory, name);
    this.#pools.set(name, pool);
    return pool;
  }

  async #onChange(file?: string): Promise<void> {
    const watched = [...this.#pools.values()].filter(({ listeners }) => listeners.size > 0);
    await Promise.all(watched.map((pool) => pool.onChange(file)));
  }

  #keepAlive(): void {
    // The next sync rejects with the same error.
    for (const pool of this.#pools.values()) pool.keepAlive().catch(() => {});
  }
}

import { FileView } from './file-view.ts';
import type { ChangeListener, SyncReply, SyncRequest } from './key-state-store.ts';
import { MemoryPool } from './memory-pool.ts';
import { OrphanFiles } from './orphan-files.ts';
import { OwnFile } from './own-file.ts';
import { fileNamePart, type StateDirectory } from './state-directory.ts';
import { formatHealth, parseHealth, type HealthFile } from './state-file.ts';
import { UsageFiles } from './usage-files.ts';

const adoptionIntervalMs = 5 * 60 * 1000;
/** The same while files of other hosts are observed before they are adopted. */
const observationIntervalMs = 15_000;

/**
 * One pool in a directory that several processes share.
 *
 * Each process writes its own two files, one with health and one with usage, and reads those of the others, so no lock
 * is needed. A running process adopts the files of processes that have ended.
 */
export class FilePool {
  readonly #directory: StateDirectory;
  readonly #memory = new MemoryPool();
  readonly #usage: UsageFiles;
  readonly #healthFiles: FileView<HealthFile>;
  readonly #orphanedHealth: OrphanFiles;
  readonly #ownHealthFile: OwnFile;
  readonly #healthPrefix: string;
  #instance = '';
  #nextAdoptionMs = 0;

  constructor(directory: StateDirectory, pool: string) {
    this.#directory = directory;
    const prefix = fileNamePart(pool);
    this.#healthPrefix = `${prefix}.health.`;
    this.#ownHealthFile = new OwnFile({
      directory,
      prefix: this.#healthPrefix,
      isDurable: true,
      format: () => formatHealth({ instance: this.#instance, records: this.#memory.changesSince(undefined).records }),
    });
    this.#healthFiles = new FileView(directory, (name) => this.#isForeignHealthFile(name), parseHealth);
    this.#orphanedHealth = new OrphanFiles(this.#healthFiles, this.#healthPrefix);
    this.#usage = new UsageFiles(directory, prefix);
  }

  get listeners(): Set<ChangeListener> {
    return this.#memory.listeners;
  }

  /** Reads a file that may have changed; without a name, all that may have. */
  async onChange(file?: string): Promise<void> {
    if (file !== undefined && !this.#isForeignHealthFile(file)) return;
    this.#healthFiles.note(file);
    await this.refresh();
  }

  /** Merges the health that other processes have written. */
  async refresh(): Promise<void> {
    for (const { content } of await this.#healthFiles.refresh()) {
      if (content) this.#memory.merge(content.instance, content.records, Date.now());
    }
  }

  /** Merges a request, and writes it. While the directory is watched, only files that were reported are read. */
  async sync(request: SyncRequest, isWatched: boolean): Promise<SyncReply> {
    try {
      if (!isWatched) await this.#healthFiles.noteIfChanged();
      await this.refresh();
      if (request.withTotals) await this.#usage.readIfDue();
    } finally {
      // Also when reading fails, so that the request is written with the next save.
      this.#mergeRequest(request);
    }
    await this.save();
    await this.keepAlive();
    await this.#adoptOrphans();
    const asked = request.withTotals ? request.counters : [];
    const totals = new Map(asked.map(({ window }) => [window, this.#usage.totals(window)]));
    return { now: Date.now(), cursor: this.#memory.cursor, ...this.#memory.changesSince(request.seen), totals };
  }

  /** Shows other hosts that this process still runs. */
  async keepAlive(): Promise<void> {
    await Promise.all([this.#ownHealthFile.keepAlive(), this.#usage.keepAlive()]);
  }

  /** Writes everything, and lets other processes adopt it at once, although this process goes on. */
  async close(): Promise<void> {
    await this.save();
    await this.#usage.handOver();
    this.#healthFiles.note();
    this.#nextAdoptionMs = 0;
    await this.#adoptOrphans();
    await this.#ownHealthFile.handOver();
  }

  /** Resolves when the files hold everything that this process has received. */
  async save(): Promise<void> {
    await Promise.all([this.#ownHealthFile.save(), this.#usage.save()]);
  }

  #mergeRequest({ instance, facts, counters }: SyncRequest): void {
    this.#usage.dropExpired();
    if (this.#memory.merge(instance, facts, Date.now())) {
      this.#instance = instance;
      this.#ownHealthFile.markDirty();
    }
    for (const window of counters) this.#usage.merge(instance, window);
  }

  /** Adopts the files of processes that have ended. */
  async #adoptOrphans(): Promise<void> {
    if (Date.now() < this.#nextAdoptionMs) return;
    this.#nextAdoptionMs = Date.now() + adoptionIntervalMs;
    try {
      await this.#adoptHealth();
      await this.#usage.compact();
      await this.#directory.removeLeftovers();
      const isObserving = this.#orphanedHealth.isObserving || this.#usage.isObserving;
      if (isObserving) this.#nextAdoptionMs = Date.now() + observationIntervalMs;
    } catch {
      // The files are still read where they are. The next interval tries again.
    }
  }

  /** Safe when two processes do it at once, because joining a record twice changes nothing. */
  async #adoptHealth(): Promise<void> {
    const orphans = await this.#orphanedHealth.find(() => this.refresh());
    if (orphans.length === 0) return;
    this.#ownHealthFile.markDirty();
    await this.#ownHealthFile.save();
    await this.#directory.removeAll(orphans);
  }

  #isForeignHealthFile(name: string): boolean {
    return name.startsWith(this.#healthPrefix) && name !== this.#ownHealthFile.name;
  }
}

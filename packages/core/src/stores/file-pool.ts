import type { WindowCounters } from '../state/usage-counts.ts';
import { isAbandoned, isOwnerGone } from './file-owner.ts';
import { FileView, type CachedFile } from './file-view.ts';
import type { ChangeListener, SyncReply, SyncRequest } from './key-state-store.ts';
import { MemoryPool } from './memory-pool.ts';
import { OwnFile } from './own-file.ts';
import { fileNamePart, numberOf, type StateDirectory } from './state-directory.ts';
import { formatHealth, formatUsage, parseHealth, parseUsage, type HealthFile, type UsageFile } from './state-file.ts';
import { UsageTotals } from './usage-totals.ts';

const adoptionIntervalMs = 5 * 60 * 1000;
/** Usage files of other processes are read at most this often. */
const usageIntervalMs = 100;
/** An extension of a window by a smaller share of its remaining time is not worth a write of its own. */
const noticeableShare = 0.01;

/** The files of processes that have ended. */
async function findOrphans(view: FileView<unknown>, prefix: string, refresh: () => Promise<void>): Promise<string[]> {
  const orphans = [...view.files]
    .filter(([name, { stamp }]) => name.startsWith(prefix) && isOwnerGone(name.slice(prefix.length), stamp.modifiedMs))
    .map(([name]) => name);
  // A process may have written once more between the last read and its end.
  if (orphans.length > 0) await refresh();
  // A file that cannot be parsed may be readable for a newer version of this library.
  return orphans.filter((name) => {
    const file = view.files.get(name);
    return file && (file.content !== undefined || isAbandoned(file.stamp.modifiedMs));
  });
}

/**
 * One pool in a directory that several processes share.
 *
 * Each process writes its own two files, one with health and one with usage, and reads those of the others, so no lock
 * is needed. A running process adopts the files of processes that have ended.
 */
export class FilePool {
  readonly #directory: StateDirectory;
  readonly #memory = new MemoryPool();
  readonly #ownUsage = new UsageTotals();
  /** Usage by all processes. */
  #usage = new UsageTotals();
  #summedFiles: ReadonlyMap<string, CachedFile<UsageFile>> | undefined;
  readonly #healthFiles: FileView<HealthFile>;
  readonly #usageFiles: FileView<UsageFile>;
  readonly #ownHealthFile: OwnFile;
  readonly #ownUsageFile: OwnFile;
  /** The series of files with the usage of ended processes. Only the newest file of the series is valid. */
  readonly #compactedSeries: string;
  readonly #healthPrefix: string;
  readonly #usagePrefix: string;
  #instance = '';
  #nextUsageRefreshMs = 0;
  #nextAdoptionMs = 0;

  constructor(directory: StateDirectory, pool: string) {
    this.#directory = directory;
    const prefix = fileNamePart(pool);
    this.#healthPrefix = `${prefix}.health.`;
    this.#usagePrefix = `${prefix}.usage.`;
    this.#compactedSeries = `${prefix}.folded`;
    const health = `${this.#healthPrefix}${directory.owner}.json`;
    const usage = `${this.#usagePrefix}${directory.owner}.json`;
    this.#ownHealthFile = new OwnFile(directory, health, true, () =>
      formatHealth({ instance: this.#instance, records: this.#memory.changesSince(undefined).records }),
    );
    this.#ownUsageFile = new OwnFile(directory, usage, false, () =>
      formatUsage({ counters: [...this.#ownUsage], folded: [] }),
    );
    this.#healthFiles = new FileView(
      directory,
      (name) => name.startsWith(this.#healthPrefix) && name !== health,
      parseHealth,
    );
    this.#usageFiles = new FileView(
      directory,
      (name) => (name.startsWith(this.#usagePrefix) && name !== usage) || this.#isCompacted(name),
      parseUsage,
    );
  }

  get listeners(): Set<ChangeListener> {
    return this.#memory.listeners;
  }

  /** Whether the file holds health that another process has written. */
  isForeignHealthFile(name: string): boolean {
    return name.startsWith(this.#healthPrefix) && name !== this.#ownHealthFile.name;
  }

  /** Merges the health that other processes have written. */
  async refresh(): Promise<void> {
    for (const { content } of await this.#healthFiles.refresh()) {
      if (content) this.#memory.merge(content.instance, content.records, Date.now());
    }
  }

  async sync(request: SyncRequest): Promise<SyncReply> {
    try {
      await this.refresh();
      if (request.withTotals && Date.now() >= this.#nextUsageRefreshMs) await this.#refreshUsage();
    } finally {
      // Also when reading fails, so that the request is written with the next save.
      this.#mergeRequest(request);
    }
    await this.save();
    await this.#adoptOrphans();
    const asked = request.withTotals ? request.counters : [];
    const totals = new Map(asked.map(({ window }) => [window, this.#usage.totals(window)]));
    return { now: Date.now(), cursor: this.#memory.cursor, ...this.#memory.changesSince(request.seen), totals };
  }

  /** Resolves when the files hold everything that this process has received. */
  async save(): Promise<void> {
    await Promise.all([this.#ownHealthFile.save(), this.#ownUsageFile.save()]);
  }

  #mergeRequest({ instance, facts, counters }: SyncRequest): void {
    this.#dropExpiredWindows();
    if (this.#memory.merge(instance, facts, Date.now())) {
      this.#instance = instance;
      this.#ownHealthFile.markDirty();
    }
    for (const window of counters) this.#mergeCounters(instance, window);
  }

  #mergeCounters(instance: string, window: WindowCounters): void {
    this.#usage.merge(instance, window);
    const knownEndMs = this.#ownUsage.ends().get(window.window);
    // A request that only asks for totals writes nothing.
    if (window.totals.size === 0 && knownEndMs === undefined) return;
    const now = Date.now();
    const endMs = knownEndMs ?? now;
    // The end of some windows moves with every request.
    const isExtended = window.expiresAtMs - endMs > (endMs - now) * noticeableShare;
    const expiresAtMs = isExtended ? window.expiresAtMs : endMs;
    if (this.#ownUsage.merge(instance, { ...window, expiresAtMs }) || isExtended) this.#ownUsageFile.markDirty();
  }

  async #refreshUsage(): Promise<void> {
    await this.#usageFiles.refresh();
    this.#nextUsageRefreshMs = Date.now() + usageIntervalMs;
    const { files } = this.#usageFiles;
    if (files === this.#summedFiles) return;
    this.#summedFiles = files;
    const compacted = this.#newestCompacted();
    const alreadyIncluded = new Set(files.get(compacted)?.content?.folded);
    const usage = new UsageTotals();
    for (const counters of this.#ownUsage) usage.merge(counters.instance, counters);
    for (const [name, { content }] of files) {
      if (name !== compacted && (alreadyIncluded.has(name) || this.#isCompacted(name))) continue;
      for (const counters of content?.counters ?? []) usage.merge(counters.instance, counters);
    }
    this.#usage = usage;
    this.#dropExpiredWindows();
  }

  #dropExpiredWindows(): void {
    for (const window of this.#usage.dropExpired(Date.now())) this.#ownUsage.drop(window);
  }

  /** Adopts the files of processes that have ended. */
  async #adoptOrphans(): Promise<void> {
    if (Date.now() < this.#nextAdoptionMs) return;
    this.#nextAdoptionMs = Date.now() + adoptionIntervalMs;
    try {
      await this.#adoptHealth();
      await this.#compactUsage();
      await this.#directory.removeLeftovers();
    } catch {
      // The files are still read where they are. The next interval tries again.
    }
  }

  /** Safe when two processes do it at once, because joining a record twice changes nothing. */
  async #adoptHealth(): Promise<void> {
    const orphans = await findOrphans(this.#healthFiles, this.#healthPrefix, () => this.refresh());
    if (orphans.length === 0) return;
    await this.#ownHealthFile.write();
    for (const name of orphans) await this.#directory.remove(name);
  }

  /**
   * Moves the counters of ended processes into one file.
   *
   * The new file appears atomically and lists the files that it includes, so each counter counts once at any time: also
   * when several processes compact at once, and wherever one of them is killed.
   */
  async #compactUsage(): Promise<void> {
    await this.#refreshUsage();
    const orphans = await findOrphans(this.#usageFiles, this.#usagePrefix, () => this.#refreshUsage());
    const { files } = this.#usageFiles;
    const compacted = this.#newestCompacted();
    const previous = files.get(compacted);
    // A newer version of this library may have written it.
    if (previous && !previous.content && !isAbandoned(previous.stamp.modifiedMs)) return;
    const alreadyIncluded = new Set(previous?.content?.folded);
    const added = orphans.filter((name) => !alreadyIncluded.has(name));
    if (added.length > 0) {
      const text = formatUsage({ counters: this.#sumCounters([compacted, ...added]), folded: orphans });
      if (!(await this.#directory.addToSeries(this.#compactedSeries, numberOf(compacted), text))) return;
    }
    for (const name of orphans) await this.#directory.remove(name);
  }

  /** The sum is stored under an instance id of its own. */
  #sumCounters(names: readonly string[]): UsageFile['counters'] {
    const sum = new UsageTotals();
    for (const name of names) {
      for (const counters of this.#usageFiles.files.get(name)?.content?.counters ?? []) {
        sum.merge(counters.instance, counters);
      }
    }
    const instance = crypto.randomUUID();
    return [...this.#usage.ends()]
      .map(([window, expiresAtMs]) => ({ instance, window, expiresAtMs, totals: sum.totals(window) }))
      .filter(({ totals }) => totals.size > 0);
  }

  #isCompacted(name: string): boolean {
    return name.startsWith(`${this.#compactedSeries}.`) && numberOf(name) > 0;
  }

  /** Empty when no such file exists. */
  #newestCompacted(): string {
    const compacted = [...this.#usageFiles.files.keys()].filter((name) => this.#isCompacted(name));
    return compacted.reduce((newest, name) => (numberOf(name) > numberOf(newest) ? name : newest), '');
  }
}

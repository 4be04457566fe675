import type { WindowCounters } from '../state/usage-counts.ts';
import { isAbandoned, isOwnerGone } from './file-owner.ts';
import { FileView, type SeenFile } from './file-view.ts';
import type { ChangeListener, SyncReply, SyncRequest } from './key-state-store.ts';
import { MemoryPool } from './memory-pool.ts';
import { OwnFile } from './own-file.ts';
import { fileNamePart, numberOf, type StateDirectory } from './state-directory.ts';
import { formatHealth, formatUsage, parseHealth, parseUsage, type HealthFile, type UsageFile } from './state-file.ts';
import { UsageTotals } from './usage-totals.ts';

const adoptEveryMs = 5 * 60 * 1000;
/** What others count is not looked at more often than this. */
const usageEveryMs = 100;
/** A window that goes on for a smaller part of its time is written later. */
const noticeableShare = 0.01;

/** The files of processes that are gone. */
async function leftBehind(view: FileView<unknown>, prefix: string, look: () => Promise<void>): Promise<string[]> {
  const gone = [...view.files]
    .filter(([name, { stamp }]) => name.startsWith(prefix) && isOwnerGone(name.slice(prefix.length), stamp.modifiedMs))
    .map(([name]) => name);
  // They may have written once more before their end.
  if (gone.length > 0) await look();
  // What makes no sense may do so to a newer version of this library.
  return gone.filter((name) => {
    const file = view.files.get(name);
    return file && (file.content !== undefined || isAbandoned(file.stamp.modifiedMs));
  });
}

/**
 * One pool in a directory that several processes share.
 *
 * Each process writes files of its own and reads those of the others, so nobody ever waits for a lock: one file with all
 * it knows of health, one with what it has counted. What processes leave behind that are gone is taken over by the others.
 */
export class FilePool {
  readonly #directory: StateDirectory;
  readonly #memory = new MemoryPool();
  readonly #ownUsage = new UsageTotals();
  /** What all processes have counted. */
  #usage = new UsageTotals();
  #summedFiles: ReadonlyMap<string, SeenFile<UsageFile>> | undefined;
  readonly #healthFiles: FileView<HealthFile>;
  readonly #usageFiles: FileView<UsageFile>;
  readonly #ownHealthFile: OwnFile;
  readonly #ownUsageFile: OwnFile;
  /** The files that hold the counters of processes that are gone: only the newest counts. */
  readonly #folds: string;
  readonly #healthPrefix: string;
  readonly #usagePrefix: string;
  #instance = '';
  #lookAtUsageAtMs = 0;
  #adoptAtMs = 0;

  constructor(directory: StateDirectory, pool: string) {
    this.#directory = directory;
    const prefix = fileNamePart(pool);
    this.#healthPrefix = `${prefix}.health.`;
    this.#usagePrefix = `${prefix}.usage.`;
    this.#folds = `${prefix}.folded`;
    const health = `${this.#healthPrefix}${directory.owner}.json`;
    const usage = `${this.#usagePrefix}${directory.owner}.json`;
    this.#ownHealthFile = new OwnFile(directory, health, true, () =>
      formatHealth({ instance: this.#instance, records: this.#memory.since(undefined).records }),
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
      (name) => (name.startsWith(this.#usagePrefix) && name !== usage) || this.#isFold(name),
      parseUsage,
    );
  }

  get listeners(): Set<ChangeListener> {
    return this.#memory.listeners;
  }

  /** Whether a change of this file may be news. */
  concerns(name: string): boolean {
    return name.startsWith(this.#healthPrefix) && name !== this.#ownHealthFile.name;
  }

  /** Learns what other processes have found out about keys. */
  async look(): Promise<void> {
    for (const { content } of await this.#healthFiles.look()) {
      if (content) this.#memory.learn(content.instance, content.records);
    }
  }

  async sync(request: SyncRequest): Promise<SyncReply> {
    try {
      await this.look();
      if (request.counters.length > 0 && Date.now() >= this.#lookAtUsageAtMs) await this.#lookAtUsage();
    } finally {
      // What one is told is kept and written later, even when nothing can be read now.
      this.#learn(request);
    }
    await this.save();
    await this.#adopt();
    const totals = new Map(request.counters.map(({ window }) => [window, this.#usage.totals(window)]));
    return { now: Date.now(), cursor: this.#memory.cursor, ...this.#memory.since(request.seen), totals };
  }

  /** Resolves when all that this process was told is in its files. */
  async save(): Promise<void> {
    await Promise.all([this.#ownHealthFile.save(), this.#ownUsageFile.save()]);
  }

  #learn({ instance, facts, counters }: SyncRequest): void {
    this.#forgetOldWindows();
    if (this.#memory.learn(instance, facts)) {
      this.#instance = instance;
      this.#ownHealthFile.touch();
    }
    for (const window of counters) this.#count(instance, window);
  }

  #count(instance: string, window: WindowCounters): void {
    this.#usage.count(instance, window);
    const knownEndMs = this.#ownUsage.ends().get(window.window);
    // Whoever only asks for totals has nothing to write.
    if (window.totals.size === 0 && knownEndMs === undefined) return;
    const now = Date.now();
    const endMs = knownEndMs ?? now;
    // The end of some windows moves on with every request, which is not worth a file each time.
    const isProlonged = window.expiresAtMs - endMs > (endMs - now) * noticeableShare;
    const expiresAtMs = isProlonged ? window.expiresAtMs : endMs;
    if (this.#ownUsage.count(instance, { ...window, expiresAtMs }) || isProlonged) this.#ownUsageFile.touch();
  }

  async #lookAtUsage(): Promise<void> {
    await this.#usageFiles.look();
    this.#lookAtUsageAtMs = Date.now() + usageEveryMs;
    const { files } = this.#usageFiles;
    if (files === this.#summedFiles) return;
    this.#summedFiles = files;
    const fold = this.#newestFold();
    const folded = new Set(files.get(fold)?.content?.folded);
    const usage = new UsageTotals();
    for (const counters of this.#ownUsage) usage.count(counters.instance, counters);
    for (const [name, { content }] of files) {
      if (name !== fold && (folded.has(name) || this.#isFold(name))) continue;
      for (const counters of content?.counters ?? []) usage.count(counters.instance, counters);
    }
    this.#usage = usage;
    this.#forgetOldWindows();
  }

  #forgetOldWindows(): void {
    for (const window of this.#usage.forgetBefore(Date.now())) this.#ownUsage.forget(window);
  }

  /** Takes over the files of processes that are gone. */
  async #adopt(): Promise<void> {
    if (Date.now() < this.#adoptAtMs) return;
    this.#adoptAtMs = Date.now() + adoptEveryMs;
    try {
      await this.#adoptHealth();
      await this.#fold();
      await this.#directory.removeLeftovers();
    } catch {
      // All of it still counts where it is, and the next time is soon enough.
    }
  }

  /** Two processes may do this at once: what is known twice is known. */
  async #adoptHealth(): Promise<void> {
    const left = await leftBehind(this.#healthFiles, this.#healthPrefix, () => this.look());
    if (left.length === 0) return;
    await this.#ownHealthFile.rewrite();
    for (const name of left) await this.#directory.remove(name);
  }

  /**
   * Moves counters of processes that are gone into one file.
   *
   * That file names those whose counters it has taken over, and it comes into being at once, so each counts once at any
   * time, whoever else does this and wherever it breaks off.
   */
  async #fold(): Promise<void> {
    await this.#lookAtUsage();
    const left = await leftBehind(this.#usageFiles, this.#usagePrefix, () => this.#lookAtUsage());
    const { files } = this.#usageFiles;
    const fold = this.#newestFold();
    const before = files.get(fold);
    // It may be of a newer version of this library.
    if (before && !before.content && !isAbandoned(before.stamp.modifiedMs)) return;
    const folded = new Set(before?.content?.folded);
    if (left.some((name) => !folded.has(name))) {
      const sources = [fold, ...left.filter((name) => !folded.has(name))];
      const text = formatUsage({ counters: this.#sumOf(sources), folded: left });
      if (!(await this.#directory.succeed(this.#folds, numberOf(fold), text))) return;
    }
    for (const name of left) await this.#directory.remove(name);
  }

  /** As the counters of one process that never was. */
  #sumOf(names: readonly string[]): UsageFile['counters'] {
    const sum = new UsageTotals();
    for (const name of names) {
      for (const counters of this.#usageFiles.files.get(name)?.content?.counters ?? []) {
        sum.count(counters.instance, counters);
      }
    }
    const instance = crypto.randomUUID();
    return [...this.#usage.ends()]
      .map(([window, expiresAtMs]) => ({ instance, window, expiresAtMs, totals: sum.totals(window) }))
      .filter(({ totals }) => totals.size > 0);
  }

  #isFold(name: string): boolean {
    return name.startsWith(`${this.#folds}.`) && numberOf(name) > 0;
  }

  /** Empty when there is none. */
  #newestFold(): string {
    const folds = [...this.#usageFiles.files.keys()].filter((name) => this.#isFold(name));
    return folds.reduce((newest, name) => (numberOf(name) > numberOf(newest) ? name : newest), '');
  }
}

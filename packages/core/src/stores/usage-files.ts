import type { Totals, WindowCounters } from '../state/usage-counts.ts';
import { isAbandoned } from './file-owner.ts';
import { FileView, type CachedFile } from './file-view.ts';
import { OrphanFiles } from './orphan-files.ts';
import { OwnFile } from './own-file.ts';
import { OwnUsage } from './own-usage.ts';
import { numberOf, type StateDirectory } from './state-directory.ts';
import { formatUsage, parseUsage, type UsageFile } from './state-file.ts';
import { UsageTotals } from './usage-totals.ts';

/** Files of other processes are read at most this often, and for at most a tenth of the time. */
const intervalMs = 100;
const pausePerRead = 10;
/** An extension of a window by a smaller share of its remaining time is not worth a write of its own. */
const noticeableShare = 0.01;

/** The usage of one pool in a directory: the file of this process, those of the others, and the file with that of ended ones. */
export class UsageFiles {
  readonly #directory: StateDirectory;
  readonly #own = new OwnUsage();
  readonly #ownFile: OwnFile;
  readonly #files: FileView<UsageFile>;
  readonly #orphans: OrphanFiles;
  /** The series of files with the usage of ended processes. Only the newest file of the series is valid. */
  readonly #compactedSeries: string;
  /** Usage by all processes. */
  #all = new UsageTotals();
  #summedFiles: ReadonlyMap<string, CachedFile<UsageFile>> | undefined;
  #nextReadMs = 0;

  /** `pool` starts the names of all its files. */
  constructor(directory: StateDirectory, pool: string) {
    this.#directory = directory;
    const prefix = `${pool}.usage.`;
    this.#compactedSeries = `${pool}.folded`;
    this.#ownFile = new OwnFile({
      directory,
      prefix,
      isDurable: false,
      format: () => formatUsage({ counters: this.#own.take(), folded: [] }),
      onWritten: () => this.#own.onWritten(),
      onHandedOver: () => this.#own.handOver(),
    });
    const isForeign = (name: string) => name.startsWith(prefix) && name !== this.#ownFile.name;
    this.#files = new FileView(directory, (name) => isForeign(name) || this.#isCompacted(name), parseUsage);
    this.#orphans = new OrphanFiles(this.#files, prefix);
  }

  /** Whether files of other hosts may be orphans, but were not observed long enough. */
  get isObserving(): boolean {
    return this.#orphans.isObserving;
  }

  /** Key id → the sum over all processes, as of the last read. */
  totals(window: string): Map<string, Totals> {
    return this.#all.totals(window);
  }

  /** Joins the counters of an instance of this process. */
  merge(instance: string, window: WindowCounters): void {
    const knownEndMs = this.#own.endOf(window.window);
    // A request that only asks for totals writes nothing.
    if (window.totals.size === 0 && knownEndMs === undefined) return;
    const now = Date.now();
    const endMs = knownEndMs ?? now;
    // The end of some windows moves with every request.
    const isExtended = window.expiresAtMs - endMs > (endMs - now) * noticeableShare;
    const expiresAtMs = isExtended ? window.expiresAtMs : endMs;
    const hasGrown = this.#own.merge(instance, { ...window, expiresAtMs });
    if (hasGrown || isExtended) this.#ownFile.markDirty();
    const rest = this.#own.restOf(instance, { ...window, expiresAtMs });
    this.#all.merge(rest.instance, rest);
  }

  dropExpired(): void {
    for (const window of this.#all.dropExpired(Date.now())) this.#own.drop(window);
  }

  /** Reads the files of other processes, unless that was done a moment ago. */
  async readIfDue(): Promise<void> {
    if (performance.now() >= this.#nextReadMs) await this.#read();
  }

  async save(): Promise<void> {
    await this.#ownFile.save();
  }

  async keepAlive(): Promise<void> {
    await this.#ownFile.keepAlive();
  }

  async handOver(): Promise<void> {
    await this.#ownFile.handOver();
  }

  /**
   * Moves the counters of ended processes into one file.
   *
   * The new file appears atomically and lists the files that it includes, so each counter counts once at any time: also
   * when several processes compact at once, and wherever one of them is killed.
   */
  async compact(): Promise<void> {
    await this.#read();
    const orphans = await this.#orphans.find(() => this.#read());
    const { files } = this.#files;
    const compacted = this.#newestCompacted();
    const previous = files.get(compacted);
    const isOfNewerVersion =
      previous && (previous.content?.isOfNewerVersion ?? !isAbandoned(previous.stamp.modifiedMs));
    if (isOfNewerVersion) return;
    const alreadyIncluded = new Set(previous?.content?.folded);
    const added = orphans.filter((name) => !alreadyIncluded.has(name));
    if (added.length > 0) {
      // An included file that was not removed yet must stay on the list, or it would count again.
      const folded = new Set([...[...alreadyIncluded].filter((name) => files.has(name)), ...orphans]);
      const text = formatUsage({ counters: this.#sumOf([compacted, ...added]), folded: [...folded] });
      if (!(await this.#directory.addToSeries(this.#compactedSeries, numberOf(compacted), text))) return;
    }
    await this.#directory.removeAll(orphans);
  }

  async #read(): Promise<void> {
    const startedAtMs = performance.now();
    await this.#files.noteIfChanged();
    await this.#files.refresh();
    const nowMs = performance.now();
    this.#nextReadMs = nowMs + Math.max(intervalMs, pausePerRead * (nowMs - startedAtMs));
    const { files } = this.#files;
    if (files === this.#summedFiles) return;
    this.#summedFiles = files;
    const compacted = this.#newestCompacted();
    const alreadyIncluded = new Set(files.get(compacted)?.content?.folded);
    const all = new UsageTotals();
    for (const counters of this.#own.rest()) all.merge(counters.instance, counters);
    for (const [name, { content }] of files) {
      if (name !== compacted && (alreadyIncluded.has(name) || this.#isCompacted(name))) continue;
      for (const counters of content?.counters ?? []) all.merge(counters.instance, counters);
    }
    this.#all = all;
    this.dropExpired();
  }

  /** The sum is stored under an instance id of its own. */
  #sumOf(names: readonly string[]): UsageFile['counters'] {
    const sum = new UsageTotals();
    for (const name of names) {
      for (const counters of this.#files.files.get(name)?.content?.counters ?? [])
        sum.merge(counters.instance, counters);
    }
    const instance = crypto.randomUUID();
    return [...this.#all.ends()]
      .map(([window, expiresAtMs]) => ({ instance, window, expiresAtMs, totals: sum.totals(window) }))
      .filter(({ totals }) => totals.size > 0);
  }

  #isCompacted(name: string): boolean {
    return name.startsWith(`${this.#compactedSeries}.`) && numberOf(name) > 0;
  }

  /** Empty when no such file exists. */
  #newestCompacted(): string {
    const compacted = [...this.#files.files.keys()].filter((name) => this.#isCompacted(name));
    return compacted.reduce((newest, name) => (numberOf(name) > numberOf(newest) ? name : newest), '');
  }
}

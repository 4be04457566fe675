import { isAbandoned, isOfOtherHost, isOwnerGone } from './file-owner.ts';
import type { CachedFile, FileView } from './file-view.ts';

/** How long a silent file is observed before it is adopted, by a clock that stops in sleep: after machines wake, each process touches its files. */
const observeMs = 10_000;

/** Finds the files of processes that have ended. */
export class OrphanFiles {
  readonly #view: FileView<{ readonly isOfNewerVersion: boolean }>;
  readonly #prefix: string;
  /** Silent file of another host → when it was first seen, by `performance.now()`. */
  readonly #silentSinceMs = new Map<string, number>();

  constructor(view: FileView<{ readonly isOfNewerVersion: boolean }>, prefix: string) {
    this.#view = view;
    this.#prefix = prefix;
  }

  /** Whether files of other hosts may be orphans, but were not observed long enough. */
  get isObserving(): boolean {
    return [...this.#silentSinceMs.values()].some((sinceMs) => performance.now() - sinceMs < observeMs);
  }

  /** Returns the names of the files that may be adopted. `refresh` brings the view up to date. */
  async find(refresh: () => Promise<unknown>): Promise<string[]> {
    // Found before the files are read again: a process that ends while they are read may have written once more since.
    const gone = this.#gone();
    if (gone.length > 0) {
      this.#view.note();
      await refresh();
    }
    for (const name of this.#silentSinceMs.keys()) if (!gone.includes(name)) this.#silentSinceMs.delete(name);
    return gone.filter((name) => this.#isObserved(name) && isAdoptable(this.#view.files.get(name)));
  }

  #gone(): string[] {
    return [...this.#view.files]
      .filter(
        ([name, { stamp }]) => name.startsWith(this.#prefix) && isOwnerGone(this.#ownerOf(name), stamp.modifiedMs),
      )
      .map(([name]) => name);
  }

  #ownerOf(name: string): string {
    return name.slice(this.#prefix.length);
  }

  #isObserved(name: string): boolean {
    if (!isOfOtherHost(this.#ownerOf(name))) return true;
    const sinceMs = this.#silentSinceMs.get(name) ?? performance.now();
    this.#silentSinceMs.set(name, sinceMs);
    return performance.now() - sinceMs >= observeMs;
  }
}

/** A file that this version cannot read or that has unknown fields is left to a newer version. */
function isAdoptable(file: CachedFile<{ readonly isOfNewerVersion: boolean }> | undefined): boolean {
  if (!file) return false;
  return file.content ? !file.content.isOfNewerVersion : isAbandoned(file.stamp.modifiedMs);
}

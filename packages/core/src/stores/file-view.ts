import { singleFlight } from './single-flight.ts';
import { clockStepMs, type FileStamp, type StateDirectory } from './state-directory.ts';

/** A file that vanishes while it is read has been replaced by another, so the directory is listed again. */
const maxListings = 5;
const readsAtOnce = 32;

/** A file as it was last read. */
export interface CachedFile<T> {
  readonly stamp: FileStamp;
  readonly readAtMs: number;
  /** `undefined` when it cannot be parsed. */
  readonly content: T | undefined;
}

/** Caches the parsed contents of some files of a directory, and reads only changed files again. */
export class FileView<T> {
  /** Looks at the files that may have changed, and returns those that have. */
  readonly refresh: () => Promise<CachedFile<T>[]>;
  readonly #directory: StateDirectory;
  readonly #matches: (name: string) => boolean;
  readonly #parse: (text: string) => T | undefined;
  #files: ReadonlyMap<string, CachedFile<T>> = new Map();
  /** The files that may have changed. */
  #noted = new Set<string>();
  /** Whether any file may have changed. */
  #isAllNoted = true;
  /** The directory's last change at the last `noteIfChanged()`. */
  #seenAtMs: number | undefined;

  constructor(directory: StateDirectory, matches: (name: string) => boolean, parse: (text: string) => T | undefined) {
    this.#directory = directory;
    this.#matches = matches;
    this.#parse = parse;
    this.refresh = singleFlight(() => this.#refresh());
  }

  /** Name → file, as of the last refresh. A new map when anything has changed. */
  get files(): ReadonlyMap<string, CachedFile<T>> {
    return this.#files;
  }

  /** Notes that a file may have changed; without a name, that any may have. */
  note(name?: string): void {
    if (name === undefined) this.#isAllNoted = true;
    else if (this.#matches(name)) this.#noted.add(name);
  }

  /** Notes that any file may have changed, if the directory has changed since the last time. */
  async noteIfChanged(): Promise<void> {
    const changedAtMs = await this.#directory.changedAtMs();
    if (changedAtMs !== this.#seenAtMs) this.note();
    this.#seenAtMs = changedAtMs;
  }

  async #refresh(): Promise<CachedFile<T>[]> {
    const [noted, isAllNoted] = [[...this.#noted], this.#isAllNoted];
    if (!isAllNoted && noted.length === 0) return [];
    this.#noted = new Set();
    this.#isAllNoted = false;
    try {
      return this.#replace(isAllNoted ? await this.#readAll() : await this.#readSome(noted));
    } catch (error) {
      this.#isAllNoted = true;
      throw error;
    }
  }

  #replace(files: ReadonlyMap<string, CachedFile<T>>): CachedFile<T>[] {
    const changed = [...files].filter(([name, file]) => this.#files.get(name) !== file).map(([, file]) => file);
    if (changed.length > 0 || files.size !== this.#files.size) this.#files = files;
    return changed;
  }

  async #readAll(): Promise<Map<string, CachedFile<T>>> {
    let files = new Map<string, CachedFile<T>>();
    for (let listings = 0; listings < maxListings; listings++) {
      const names = (await this.#directory.list()).filter(this.#matches);
      files = await this.#readFiles(names);
      if (files.size === names.length) break;
    }
    return files;
  }

  async #readSome(names: readonly string[]): Promise<Map<string, CachedFile<T>>> {
    const files = new Map(this.#files);
    for (const name of names) files.delete(name);
    for (const [name, file] of await this.#readFiles(names)) files.set(name, file);
    return files;
  }

  async #readFiles(names: readonly string[]): Promise<Map<string, CachedFile<T>>> {
    const files = new Map<string, CachedFile<T>>();
    for (let from = 0; from < names.length; from += readsAtOnce) {
      const some = names.slice(from, from + readsAtOnce);
      const read = await Promise.all(some.map((name) => this.#readFile(name)));
      for (const [index, file] of read.entries()) if (file) files.set(some[index] as string, file);
    }
    return files;
  }

  async #readFile(name: string): Promise<CachedFile<T> | undefined> {
    const known = this.#files.get(name);
    const readAtMs = Date.now();
    const stamp = await this.#directory.stamp(name);
    if (!stamp) return undefined;
    if (known && isSame(known, stamp)) return known;
    const text = stamp.isFile ? await this.#directory.read(name) : '';
    return text === undefined ? undefined : { stamp, readAtMs, content: this.#parse(text) };
  }
}

function isSame({ stamp, readAtMs }: CachedFile<unknown>, { modifiedMs, size, inode }: FileStamp): boolean {
  const isSettled = readAtMs - stamp.modifiedMs > clockStepMs;
  return isSettled && stamp.modifiedMs === modifiedMs && stamp.size === size && stamp.inode === inode;
}

import { singleFlight } from './single-flight.ts';
import type { FileStamp, StateDirectory } from './state-directory.ts';

/** A file that vanishes while it is read has been replaced by another, so the directory is listed again. */
const maxListings = 5;
/** Two writes within one tick of the file system's clock can have the same stamp. */
const clockStepMs = 100;

/** A file as it was last read. */
export interface CachedFile<T> {
  readonly stamp: FileStamp;
  readonly readAtMs: number;
  /** `undefined` when it cannot be parsed. */
  readonly content: T | undefined;
}

/** Caches the parsed contents of some files of a directory, and reads only changed files again. */
export class FileView<T> {
  /** Reads the files that have changed, and returns them. */
  readonly refresh: () => Promise<CachedFile<T>[]>;
  readonly #directory: StateDirectory;
  readonly #matches: (name: string) => boolean;
  readonly #parse: (text: string) => T | undefined;
  #files: ReadonlyMap<string, CachedFile<T>> = new Map();

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

  async #refresh(): Promise<CachedFile<T>[]> {
    let names: string[] = [];
    let files = new Map<string, CachedFile<T>>();
    for (let listings = 0; listings < maxListings; listings++) {
      names = (await this.#directory.list()).filter(this.#matches);
      files = await this.#readFiles(names);
      if (files.size === names.length) break;
    }
    const changed = [...files].filter(([name, file]) => this.#files.get(name) !== file).map(([, file]) => file);
    if (changed.length > 0 || files.size !== this.#files.size) this.#files = files;
    return changed;
  }

  async #readFiles(names: readonly string[]): Promise<Map<string, CachedFile<T>>> {
    const files = new Map<string, CachedFile<T>>();
    for (const name of names) {
      const file = await this.#readFile(name);
      if (file) files.set(name, file);
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

import { singleFlight } from './single-flight.ts';
import type { FileStamp, StateDirectory } from './state-directory.ts';

/** Files that vanish while they are read have been replaced by others; then it takes another look. */
const maxLooks = 5;
/** Two writings of a file may look alike when they are closer together than the disk's clock can tell. */
const clockStepMs = 100;

/** A file as it was last read. */
export interface SeenFile<T> {
  readonly stamp: FileStamp;
  readonly readAtMs: number;
  /** `undefined` when it makes no sense. */
  readonly content: T | undefined;
}

/** The contents of some files of a directory, of which only those that have changed are read again. */
export class FileView<T> {
  /** Reads what has changed, and gives it back. */
  readonly look: () => Promise<SeenFile<T>[]>;
  readonly #directory: StateDirectory;
  readonly #has: (name: string) => boolean;
  readonly #parse: (text: string) => T | undefined;
  #files: ReadonlyMap<string, SeenFile<T>> = new Map();

  constructor(directory: StateDirectory, has: (name: string) => boolean, parse: (text: string) => T | undefined) {
    this.#directory = directory;
    this.#has = has;
    this.#parse = parse;
    this.look = singleFlight(() => this.#look());
  }

  /** Name → file, as of the last look; another map when anything has changed. */
  get files(): ReadonlyMap<string, SeenFile<T>> {
    return this.#files;
  }

  async #look(): Promise<SeenFile<T>[]> {
    let names: string[] = [];
    let files = new Map<string, SeenFile<T>>();
    for (let looks = 0; looks < maxLooks; looks++) {
      names = (await this.#directory.list()).filter(this.#has);
      files = await this.#readFiles(names);
      if (files.size === names.length) break;
    }
    const changed = [...files].filter(([name, file]) => this.#files.get(name) !== file).map(([, file]) => file);
    if (changed.length > 0 || files.size !== this.#files.size) this.#files = files;
    return changed;
  }

  async #readFiles(names: readonly string[]): Promise<Map<string, SeenFile<T>>> {
    const files = new Map<string, SeenFile<T>>();
    for (const name of names) {
      const file = await this.#readFile(name);
      if (file) files.set(name, file);
    }
    return files;
  }

  async #readFile(name: string): Promise<SeenFile<T> | undefined> {
    const known = this.#files.get(name);
    const readAtMs = Date.now();
    const stamp = await this.#directory.stamp(name);
    if (!stamp) return undefined;
    if (known && isSame(known, stamp)) return known;
    const text = stamp.isFile ? await this.#directory.read(name) : '';
    return text === undefined ? undefined : { stamp, readAtMs, content: this.#parse(text) };
  }
}

function isSame({ stamp, readAtMs }: SeenFile<unknown>, { modifiedMs, size, inode }: FileStamp): boolean {
  const isSettled = readAtMs - stamp.modifiedMs > clockStepMs;
  return isSettled && stamp.modifiedMs === modifiedMs && stamp.size === size && stamp.inode === inode;
}

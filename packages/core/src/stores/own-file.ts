import { singleFlight } from './single-flight.ts';
import type { StateDirectory } from './state-directory.ts';

/** A file that only this process writes, always completely. */
export class OwnFile {
  readonly name: string;
  /** Writes the file, also when nothing has changed. */
  readonly write: () => Promise<void>;
  readonly #directory: StateDirectory;
  #revision = 0;
  #writtenRevision = 0;

  constructor(directory: StateDirectory, name: string, isDurable: boolean, format: () => string) {
    this.name = name;
    this.#directory = directory;
    this.write = singleFlight(async () => {
      const revision = this.#revision;
      await directory.write(name, format(), { isDurable });
      this.#writtenRevision = revision;
    });
  }

  /** Notes that the content has changed. */
  markDirty(): void {
    this.#revision++;
  }

  /** Resolves when the file is up to date. After a failed write, the next call writes again. */
  async save(): Promise<void> {
    if (this.#writtenRevision !== this.#revision || (await this.#isMissing())) await this.write();
  }

  /** Whether another process or a person has removed the file. */
  async #isMissing(): Promise<boolean> {
    return this.#revision > 0 && (await this.#directory.stamp(this.name)) === undefined;
  }
}

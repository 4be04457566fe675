import { singleFlight } from './single-flight.ts';
import type { StateDirectory } from './state-directory.ts';

/** A file that only this process writes, always as a whole. */
export class OwnFile {
  readonly name: string;
  /** Writes it, whether it is behind or not. */
  readonly rewrite: () => Promise<void>;
  readonly #directory: StateDirectory;
  #changes = 0;
  #written = 0;

  constructor(directory: StateDirectory, name: string, isDurable: boolean, format: () => string) {
    this.name = name;
    this.#directory = directory;
    this.rewrite = singleFlight(async () => {
      const changes = this.#changes;
      await directory.write(name, format(), { isDurable });
      this.#written = changes;
    });
  }

  /** What it has to hold has changed. */
  touch(): void {
    this.#changes++;
  }

  /** Resolves when it holds everything; what could not be written is written the next time. */
  async save(): Promise<void> {
    if (this.#written !== this.#changes || (await this.#isMissing())) await this.rewrite();
  }

  /** Somebody may have removed it. */
  async #isMissing(): Promise<boolean> {
    return this.#changes > 0 && (await this.#directory.stamp(this.name)) === undefined;
  }
}

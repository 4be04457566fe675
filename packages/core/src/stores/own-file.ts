import { isSilent } from './file-owner.ts';
import { singleFlight } from './single-flight.ts';
import type { StateDirectory } from './state-directory.ts';

const hourMs = 3_600_000;

/** What an own file needs. */
export interface OwnFileOptions {
  readonly directory: StateDirectory;
  /** What its name starts with; the owner and `.json` follow. */
  readonly prefix: string;
  /** Whether a write must survive a power failure. */
  readonly isDurable: boolean;
  readonly format: () => string;
  /** Called after each write. */
  readonly onWritten?: () => void;
  /** Called when other processes have the content of the file, so that the next one must not repeat it. */
  readonly onHandedOver?: () => void;
}

/** A file that only this process writes, always completely. */
export class OwnFile {
  readonly #writeOnce: () => Promise<void>;
  readonly #options: OwnFileOptions;
  #name: string;
  #handovers = 0;
  #revision = 0;
  #writtenRevision = 0;
  /** The last write or sign of life, in ms since the epoch. */
  #aliveAtMs = 0;
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(options: OwnFileOptions) {
    this.#options = options;
    this.#name = `${options.prefix}${options.directory.owner}.json`;
    this.#writeOnce = singleFlight(() => this.#inTurn(() => this.#write()));
  }

  get name(): string {
    return this.#name;
  }

  /** Notes that the content has changed. */
  markDirty(): void {
    this.#revision++;
  }

  /** Resolves when the file is up to date. After a failed write, the next call writes again. */
  async save(): Promise<void> {
    await this.#continueAfterSilence();
    if (this.#writtenRevision !== this.#revision || (await this.#isMissing())) await this.#writeOnce();
  }

  /** Shows other hosts once an hour that this process still runs. */
  async keepAlive(): Promise<void> {
    if (this.#writtenRevision === 0 || Date.now() - this.#aliveAtMs < hourMs) return;
    await this.#continueAfterSilence();
    if (this.#writtenRevision === 0) return;
    this.#aliveAtMs = Date.now();
    await this.#options.directory.touch(this.#name);
  }

  /** Lets other processes adopt the file at once. */
  async handOver(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#writtenRevision === 0) return;
      const { directory, prefix } = this.#options;
      await directory.rename(this.#name, `${prefix}closed.${this.#name.slice(prefix.length)}`);
      this.#startNext();
    });
  }

  async #write(): Promise<void> {
    const { directory, format, isDurable, onWritten } = this.#options;
    const revision = this.#revision;
    await directory.write(this.#name, format(), { isDurable });
    this.#writtenRevision = revision;
    onWritten?.();
    this.#aliveAtMs = Date.now();
  }

  /** A write during a handover would leave its content in two files. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#lastTurn.then(work, work);
    this.#lastTurn = turn;
    return turn;
  }

  /** Another host may have adopted the file of a process that was suspended for more than a day. */
  async #continueAfterSilence(): Promise<void> {
    if (this.#writtenRevision === 0 || !isSilent(this.#aliveAtMs)) return;
    await this.#inTurn(async () => {
      if (isSilent(this.#aliveAtMs) && (await this.#isMissing())) this.#startNext();
    });
  }

  #startNext(): void {
    const { directory, prefix, onHandedOver } = this.#options;
    onHandedOver?.();
    this.#name = `${prefix}${directory.owner}-${++this.#handovers}.json`;
    // What was not written yet is due in the next file.
    this.#revision -= this.#writtenRevision;
    this.#writtenRevision = 0;
  }

  /** Whether another process or a person has removed the file. */
  async #isMissing(): Promise<boolean> {
    return this.#writtenRevision > 0 && (await this.#options.directory.stamp(this.#name)) === undefined;
  }
}

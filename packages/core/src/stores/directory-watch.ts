import type { FSWatcher } from 'node:fs';
import { fs } from '../base/node-builtins.ts';
import type { StateDirectory } from './state-directory.ts';

/** For systems that cannot watch a directory. */
const pollMs = 1500;
/** While the system reports changes, polling only makes up for lost reports. */
const quietPollMs = 30_000;
/** A look at all files may take at most a tenth of the time. */
const pausePerLook = 10;

/**
 * Watches a directory. Calls `onChange(name)` when a file may have changed, and `onChange()` when any may have.
 *
 * Every write renames, links or removes a file, which changes the time of the directory. So a poll of an unchanged directory reads
 * one time.
 */
export class DirectoryWatch {
  readonly #directory: StateDirectory;
  readonly #onChange: (file?: string) => Promise<void>;
  readonly #onPoll: () => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextLookMs = 0;
  /** The directory's last change when all files were looked at. */
  #seenAtMs: number | undefined;
  /** The directory's last change at the last poll. */
  #polledAtMs: number | undefined;
  /** Whether the watcher has reported a change since the last poll. */
  #hasReported = false;

  /** `onPoll` is called every 1.5 s. */
  constructor(directory: StateDirectory, onChange: (file?: string) => Promise<void>, onPoll: () => void) {
    this.#directory = directory;
    this.#onChange = onChange;
    this.#onPoll = onPoll;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    if (this.isOn) return;
    this.#openWatcher();
    this.#pollLater();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#closeWatcher();
  }

  // At a random moment, so that many processes do not read the directory together.
  #pollLater(): void {
    this.#timer = setTimeout(() => void this.#poll(), pollMs * (0.75 + Math.random() / 2)).unref();
  }

  async #poll(): Promise<void> {
    try {
      const changedAtMs = await this.#directory.changedAtMs();
      if (!this.isOn) return;
      // A watcher can be silent: on some file systems, and when the directory was removed and made again.
      if (changedAtMs !== this.#polledAtMs && !this.#hasReported) this.#closeWatcher();
      this.#polledAtMs = changedAtMs;
      this.#hasReported = false;
      this.#openWatcher();
      this.#onPoll();
      if (performance.now() >= this.#nextLookMs) await this.#look(changedAtMs);
    } catch {
      // The next sync rejects with the same error.
    }
    if (this.isOn) this.#pollLater();
  }

  async #look(changedAtMs: number): Promise<void> {
    const startedAtMs = performance.now();
    if (changedAtMs !== this.#seenAtMs) await this.#onChange();
    this.#seenAtMs = changedAtMs;
    const tookMs = performance.now() - startedAtMs;
    this.#nextLookMs = performance.now() + Math.max(this.#watcher ? quietPollMs : 0, pausePerLook * tookMs);
  }

  /** Polling covers a directory that does not exist yet and systems that cannot watch it. */
  #openWatcher(): void {
    if (this.#watcher) return;
    try {
      const onEvent = (_: string, file: string | null) => {
        this.#hasReported = true;
        this.#onChange(file ?? undefined).catch(() => {});
      };
      this.#watcher = fs.watch(this.#directory.path, { persistent: false }, onEvent);
      this.#watcher.on('error', () => this.#closeWatcher());
      // Earlier changes are not reported.
      this.#nextLookMs = 0;
    } catch {
      this.#watcher = undefined;
    }
  }

  #closeWatcher(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#nextLookMs = 0;
  }
}

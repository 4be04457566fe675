import type { Lease } from './key-state-store.ts';
import { singleFlight } from './single-flight.ts';
import { fileNamePart, numberOf, type StateDirectory } from './state-directory.ts';
import { formatLease, isInForce, noNote, parseLease, type LeaseNote } from './state-file.ts';

/** A file that still cannot be read after so many looks has not been replaced. */
const mostLooks = 10;

/**
 * The leases in a directory that several processes share.
 *
 * The files of a lease are a series. Each holder adds the next one, with a copy of the note, and writes only its own.
 */
export class FileLeases {
  readonly #directory: StateDirectory;

  constructor(directory: StateDirectory) {
    this.#directory = directory;
  }

  async take(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    const series = seriesOf(pool, name);
    const texts = await this.#read(series);
    // Another process has just replaced a file.
    if (texts === undefined) return null;
    if ([...texts.values()].some(isInForce)) return null;
    const lease = new FileLease(this.#directory, series, noteIn(texts));
    const last = [...texts.keys()].at(-1) ?? '';
    // The holder before may have renewed it meanwhile, and written a note that this process does not have.
    const isLate = (text: string, file: string) => texts.get(file) !== text;
    return (await lease.take(numberOf(last), ttlMs, isLate)) ? lease : null;
  }

  async readNote(pool: string, name: string): Promise<string | undefined> {
    // A file that has vanished was replaced by another process, which is done at the next look.
    for (let looks = 0; looks < mostLooks; looks++) {
      const texts = await this.#read(seriesOf(pool, name));
      if (texts) return noteIn(texts).text;
    }
    return undefined;
  }

  /** File → its text, newest last; `undefined` when one of them has vanished meanwhile. */
  async #read(series: string): Promise<ReadonlyMap<string, string> | undefined> {
    const texts = new Map<string, string>();
    for (const file of await this.#directory.series(series)) {
      const text = await this.#directory.read(file);
      if (text === undefined) return undefined;
      texts.set(file, text);
    }
    return texts;
  }
}

/** The newest note. An earlier holder may have left its file, and one that is about to give up a copy of an earlier note. */
function noteIn(texts: ReadonlyMap<string, string>): LeaseNote {
  const notes = [...texts.values()].map((text) => parseLease(text)?.note ?? noNote);
  return notes.reduce((newest, note) => (note.revision >= newest.revision ? note : newest), noNote);
}

/** A lease that this process has taken. */
class FileLease implements Lease {
  readonly #directory: StateDirectory;
  readonly #series: string;
  readonly #token = crypto.randomUUID();
  readonly #renewOnce = singleFlight(() => this.#renew());
  #note: LeaseNote;
  #file = '';
  #untilMs = 0;
  #ttlMs = 0;

  constructor(directory: StateDirectory, series: string, note: LeaseNote) {
    this.#directory = directory;
    this.#series = series;
    this.#note = note;
  }

  /** Adds the file after the given number, unless `isLate` is true for another one. */
  async take(number: number, ttlMs: number, isLate: (text: string, file: string) => boolean): Promise<boolean> {
    this.#untilMs = Date.now() + ttlMs;
    const text = this.#format(this.#token, this.#untilMs);
    const file = await this.#directory.addToSeries(this.#series, number, text, isLate);
    this.#file = file ?? '';
    return file !== undefined;
  }

  renew(ttlMs: number, note?: string): Promise<boolean> {
    this.#ttlMs = ttlMs;
    if (note !== undefined) this.#note = { text: note, revision: this.#note.revision + 1 };
    return this.#renewOnce();
  }

  async release(): Promise<void> {
    if (await this.#isMine()) await this.#end();
  }

  async #renew(): Promise<boolean> {
    if (!(await this.#isMine())) return false;
    const untilMs = Date.now() + this.#ttlMs;
    await this.#write(this.#token, untilMs);
    // A process that found the lease expired before this write may have taken it. A process that lists the files
    // after this write sees it and gives up.
    if ((await this.#directory.series(this.#series)).at(-1) !== this.#file) {
      await this.#end();
      return false;
    }
    this.#untilMs = untilMs;
    return Date.now() < untilMs;
  }

  async #isMine(): Promise<boolean> {
    if (Date.now() >= this.#untilMs) return false;
    return parseLease((await this.#directory.read(this.#file)) ?? '')?.token === this.#token;
  }

  /** Leaves the note. */
  async #end(): Promise<void> {
    this.#untilMs = 0;
    await this.#write('', 0);
  }

  async #write(token: string, untilMs: number): Promise<void> {
    await this.#directory.write(this.#file, this.#format(token, untilMs), { isDurable: false });
  }

  #format(token: string, untilMs: number): string {
    return formatLease({ token, untilMs, note: this.#note });
  }
}

function seriesOf(pool: string, name: string): string {
  return `${fileNamePart(pool)}.lease.${fileNamePart(name)}`;
}

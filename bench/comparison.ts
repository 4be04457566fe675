import { bytesPerCall } from './bytes-per-call.ts';
import type { Effort } from './effort.ts';
import type { Table } from './report.ts';
import { median, quantile } from './statistics.ts';
import type { Subject } from './subject.ts';
import { timeRounds } from './time-rounds.ts';

interface Result {
  readonly name: string;
  readonly ns: number;
  readonly addedNs: number;
  /** The middle half of the rounds. */
  readonly addedFromNs: number;
  readonly addedToNs: number;
  readonly bytes: number | undefined;
}

/** What a comparison measures besides time, and the baselines of its ratios. */
export interface ComparisonOptions {
  readonly title: string;
  /** The unit of work that a time is for, for example `call`. */
  readonly per: string;
  /** The subjects for which the table has a column of ratios. */
  readonly relativeTo?: readonly string[];
  readonly withBytes?: boolean;
}

/** Subjects measured side by side. The first one is the bare call, which is subtracted from the others. */
export class Comparison {
  readonly #options: ComparisonOptions;
  readonly #results: readonly Result[];

  private constructor(options: ComparisonOptions, results: readonly Result[]) {
    this.#options = options;
    this.#results = results;
  }

  static async of(subjects: readonly Subject[], effort: Effort, options: ComparisonOptions): Promise<Comparison> {
    const samples = await timeRounds(subjects, effort);
    const bare = samples[0] ?? [];
    const results: Result[] = [];
    for (const [index, subject] of subjects.entries()) {
      const own = samples[index] ?? [];
      // Subtracted within a round, because a slow round slows both.
      const added = own.map((ns, round) => ns - (bare[round] ?? NaN));
      results.push({
        name: subject.name,
        ns: median(own),
        addedNs: median(added),
        addedFromNs: quantile(added, 0.25),
        addedToNs: quantile(added, 0.75),
        bytes: options.withBytes ? await bytesPerCall(subject) : undefined,
      });
    }
    return new Comparison(options, results);
  }

  /** The time in ns that a subject adds to the bare call. */
  addedNs(name: string): number {
    return this.#find(name).addedNs;
  }

  ns(name: string): number {
    return this.#find(name).ns;
  }

  bytes(name: string): number {
    return this.#find(name).bytes ?? NaN;
  }

  /** The added time of a subject divided by that of another. */
  ratio(name: string, to: string): number {
    return this.addedNs(name) / this.addedNs(to);
  }

  get table(): Table {
    const { title, per, relativeTo = [], withBytes = false } = this.#options;
    const [bare] = this.#results;
    const columns = [`ns per ${per}`, 'added ns', 'from', 'to', ...relativeTo.map((name) => `× ${name}`)];
    const rows = this.#results.map((result) => {
      const { name, ns, addedNs, addedFromNs, addedToNs, bytes } = result;
      const added = [addedNs, addedFromNs, addedToNs, ...relativeTo.map((to) => this.ratio(name, to))];
      const shown = result === bare ? added.map(() => undefined) : added;
      return { name, values: [ns, ...shown, ...(withBytes ? [bytes] : [])] };
    });
    return { title, columns: [...columns, ...(withBytes ? [`bytes per ${per}`] : [])], rows };
  }

  #find(name: string): Result {
    const result = this.#results.find((candidate) => candidate.name === name);
    if (result) return result;
    throw new Error(`"${name}" was not measured.`);
  }
}

import type { Totals, WindowCounters } from './usage-counts.ts';

const minuteMs = 60_000;
const keepMs = 3 * minuteMs;
const prefix = 'processes-';
/** The name under which each process counts itself. */
const id = 'process';

/** Counts the processes that use a store: each one counts itself once a minute. All times are in shared time. */
export class ProcessCount {
  /** Window → the number of processes in it. */
  readonly #counts = new Map<string, number>();
  #minute = 0;
  /** The window in which this process has last counted itself. */
  #countedIn = '';

  /** The number of processes in this minute or the last one, as of the last sums; 1 before. */
  count = 1;

  /** The count that the store lacks; with `withTotals`, also the windows to receive their sums. */
  due(withTotals: boolean, now: number): WindowCounters[] {
    this.#minute = Math.floor(now / minuteMs);
    const [own, last] = [this.#nameOf(this.#minute), this.#nameOf(this.#minute - 1)];
    const isDue = this.#countedIn !== own;
    const window = (name: string, totals: WindowCounters['totals']) => ({
      window: name,
      expiresAtMs: now + keepMs,
      totals,
    });
    const ofThis = window(own, new Map(isDue ? [[id, [1]]] : []));
    if (withTotals) return [ofThis, window(last, new Map())];
    return isDue ? [ofThis] : [];
  }

  /** Notes that the store has a count and, if it was requested, the sum over all processes. */
  acknowledge({ window, totals }: WindowCounters, sums: ReadonlyMap<string, Totals> | undefined): void {
    if (totals.size > 0) this.#countedIn = window;
    if (!sums) return;
    this.#counts.set(window, sums.get(id)?.[0] ?? 0);
    // While the store is away, the last number counts on.
    const kept = [this.#nameOf(this.#minute), this.#nameOf(this.#minute - 1)];
    for (const old of this.#counts.keys()) if (!kept.includes(old)) this.#counts.delete(old);
    this.count = Math.max(1, ...this.#counts.values());
  }

  /** Counts this process again, because the store has lost its data or knows it under another name. */
  forgetStored(): void {
    this.#countedIn = '';
  }

  /** Whether this is the name of one of its windows. */
  has(window: string): boolean {
    return window.startsWith(prefix);
  }

  #nameOf(minute: number): string {
    return prefix + minute;
  }
}

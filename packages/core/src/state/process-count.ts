import type { Totals, WindowCounters } from './usage-counts.ts';

const minuteMs = 60_000;
const keepMs = 3 * minuteMs;
const prefix = 'processes-';
/** The name under which each process counts itself. */
const id = 'process';

interface Minute {
  /** The processes in it, as of the last sums. */
  sum: number;
  /** Whether this process is one of them. */
  hasThis: boolean;
}

/**
 * Counts the processes that use a store: each one counts itself once a minute, with something that it sends anyway. All times are in shared
 * time.
 */
export class ProcessCount {
  readonly #byWindow = new Map<string, Minute>();
  #minute = 0;

  /** The number of processes in this minute or the last one, as of the last sums and with this one; 1 before. */
  count = 1;

  /** The count that the store lacks, if this process `sends` anything; with `withTotals`, also the windows to receive their sums. */
  due(withTotals: boolean, sends: boolean, now: number): WindowCounters[] {
    this.#minute = Math.floor(now / minuteMs);
    const [own, last] = [this.#nameOf(this.#minute), this.#nameOf(this.#minute - 1)];
    const isDue = sends && this.#byWindow.get(own)?.hasThis !== true;
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
    const minute = this.#byWindow.get(window) ?? { sum: 0, hasThis: false };
    this.#byWindow.set(window, minute);
    if (totals.size > 0) minute.hasThis = true;
    if (!sums) return;
    minute.sum = sums.get(id)?.[0] ?? 0;
    // While the store is away, the last number counts on.
    const kept = [this.#nameOf(this.#minute), this.#nameOf(this.#minute - 1)];
    for (const old of this.#byWindow.keys()) if (!kept.includes(old)) this.#byWindow.delete(old);
    this.count = Math.max(1, ...[...this.#byWindow.values()].map(({ sum, hasThis }) => (hasThis ? sum : sum + 1)));
  }

  /** Counts this process again, because the store has lost its data or knows it under another name. */
  forgetStored(): void {
    for (const minute of this.#byWindow.values()) minute.hasThis = false;
  }

  /** Whether this is the name of one of its windows. */
  has(window: string): boolean {
    return window.startsWith(prefix);
  }

  #nameOf(minute: number): string {
    return prefix + minute;
  }
}

import type { Totals, WindowCounters } from '../state/usage-counts.ts';
import { UsageTotals, type InstanceCounters } from './usage-totals.ts';

/**
 * The usage that the file of this process holds.
 *
 * Instances send absolute totals. When the file was handed over to other processes, because its store was closed or the process
 * was suspended for days, the next file holds only what came since, under new instance ids.
 */
export class OwnUsage {
  /** What the instances have sent. */
  #all = new UsageTotals();
  /** The part of it that the last `take()` returned. */
  #taken = new UsageTotals();
  /** The part of it that was written. */
  #written = new UsageTotals();
  /** The part of it that was handed over. */
  #handedOver = new UsageTotals();
  #handovers = 0;

  /** Joins the totals of an instance. Returns whether one has grown. */
  merge(instance: string, window: WindowCounters): boolean {
    return this.#all.merge(instance, window);
  }

  /** When a window ends, in ms since the epoch; `undefined` for an unknown window. */
  endOf(window: string): number | undefined {
    return this.#all.ends().get(window);
  }

  drop(window: string): void {
    for (const usage of [this.#all, this.#taken, this.#written, this.#handedOver]) usage.drop(window);
  }

  /** The counters that were not handed over. */
  rest(): InstanceCounters[] {
    return [...this.#all].map(({ instance, ...window }) => this.restOf(instance, window));
  }

  /** The part of the totals of an instance that was not handed over. */
  restOf(instance: string, { window, expiresAtMs, totals }: WindowCounters): InstanceCounters {
    if (this.#handovers === 0) return { instance, window, expiresAtMs, totals };
    const rest = without(totals, this.#handedOver.of(instance, window));
    return { instance: `${instance}.${this.#handovers}`, window, expiresAtMs, totals: rest };
  }

  /** Returns the counters to write to the file. */
  take(): InstanceCounters[] {
    this.#taken = new UsageTotals();
    for (const { instance, ...window } of this.#all) this.#taken.merge(instance, window);
    return this.rest();
  }

  /** Notes that what was taken last is written. */
  onWritten(): void {
    this.#written = this.#taken;
  }

  /** Notes that other processes have what was written last. */
  handOver(): void {
    this.#handedOver = this.#written;
    this.#handovers++;
  }
}

function without(totals: WindowCounters['totals'], part: WindowCounters['totals']): Map<string, Totals> {
  const rest = [...totals].map(([keyId, counts]) => {
    const taken = part.get(keyId) ?? [];
    return [keyId, counts.map((count, index) => Math.max(0, count - (taken[index] ?? 0)))] as const;
  });
  return new Map(rest.filter(([, counts]) => counts.some((count) => count > 0)));
}

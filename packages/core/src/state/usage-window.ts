import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';
import { noTotals, toCounts, toTotals, type Totals, type UsageCounts, type WindowCounters } from './usage-counts.ts';

/** One window of usage: the counts of this process, what the store has of them, and the sums over all processes. */
export class UsageWindow {
  readonly name: string;
  /** When the store may drop the window, in ms since the epoch. */
  expiresAtMs = 0;
  readonly #ring: () => KeyRing;
  /** Usage of each used key when the window was opened; `undefined` while it is closed. */
  #usageAtOpening: Map<string, Totals> | undefined;
  /** The counts up to the last closing. */
  readonly #counted = new Map<string, Totals>();
  /** The counts of this process that the store has acknowledged. */
  readonly #stored = new Map<string, Totals>();
  /** Sums of the pool's keys over all processes, including the acknowledged counts of this one. */
  #sums: ReadonlyMap<string, Totals> = new Map();

  constructor(name: string, ring: () => KeyRing) {
    this.name = name;
    this.#ring = ring;
  }

  /** Starts counting the usage of the keys. */
  open(): void {
    const used = this.#ring().keys.filter(({ usage }) => usage.attempts > 0);
    this.#usageAtOpening = new Map(used.map(({ ref, usage }) => [ref.keyId, toTotals(usage)]));
  }

  close(): void {
    for (const key of this.#ring().keys) if (key.usage.attempts > 0) this.#counted.set(key.ref.keyId, this.#own(key));
    this.#usageAtOpening = undefined;
  }

  /** The totals that the store does not have yet. */
  due(): WindowCounters {
    const totals = new Map<string, Totals>();
    for (const key of this.#ring().keys) {
      const own = this.#own(key);
      const stored = this.#stored.get(key.ref.keyId) ?? [];
      if (own.some((value, index) => value !== (stored[index] ?? 0))) totals.set(key.ref.keyId, own);
    }
    return { window: this.name, expiresAtMs: this.expiresAtMs, totals };
  }

  /** Notes that the store has these totals, and the sums over all processes. */
  acknowledge(sent: WindowCounters['totals'], sums: ReadonlyMap<string, Totals> = new Map()): void {
    for (const [keyId, totals] of sent) this.#stored.set(keyId, totals);
    // The store can have many other keys of the provider.
    const known = this.#ring().keys.map(({ ref }) => [ref.keyId, sums.get(ref.keyId)] as const);
    this.#sums = new Map(known.filter((entry): entry is [string, Totals] => entry[1] !== undefined));
  }

  /** Makes all totals due again, because the store has lost its data. */
  forgetStored(): void {
    this.#stored.clear();
  }

  /** Usage of a key by this process. */
  ofThis(key: PooledKey): UsageCounts {
    return toCounts(this.#own(key));
  }

  /** Usage of a key by all processes: of this one up to now, of the others as of the last exchange. */
  ofAll(key: PooledKey): UsageCounts {
    const stored = this.#stored.get(key.ref.keyId) ?? [];
    const sums = this.#sums.get(key.ref.keyId) ?? [];
    const ofOthers = (index: number): number => Math.max(0, (sums[index] ?? 0) - (stored[index] ?? 0));
    return toCounts(this.#own(key).map((value, index) => value + ofOthers(index)));
  }

  #own({ ref, usage }: PooledKey): Totals {
    const counted = this.#counted.get(ref.keyId) ?? noTotals;
    if (!this.#usageAtOpening) return counted;
    const before = this.#usageAtOpening.get(ref.keyId) ?? noTotals;
    return toTotals(usage).map((value, index) => value - (before[index] ?? 0) + (counted[index] ?? 0));
  }
}

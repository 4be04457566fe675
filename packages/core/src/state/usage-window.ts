import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';
import { noTotals, toCounts, toTotals, type Totals, type UsageCounts, type WindowCounters } from './usage-counts.ts';

/** One window of usage: what this process has counted, what the store has of that, and the sums over all. */
export class UsageWindow {
  readonly name: string;
  /** When nobody asks for it any more, in ms since the epoch. */
  expiresAtMs = 0;
  readonly #ring: () => KeyRing;
  /** Usage of the process when the window was opened; a key without any is left out. */
  #before: Map<string, Totals> | undefined;
  /** What was counted until it was closed. */
  readonly #counted = new Map<string, Totals>();
  readonly #stored = new Map<string, Totals>();
  /** By all processes, this one included with what is stored of it. */
  #sums: ReadonlyMap<string, Totals> = new Map();

  constructor(name: string, ring: () => KeyRing) {
    this.name = name;
    this.#ring = ring;
  }

  /** Counts from now on what the keys are used for. */
  open(): void {
    const used = this.#ring().keys.filter(({ usage }) => usage.attempts > 0);
    this.#before = new Map(used.map(({ ref, usage }) => [ref.keyId, toTotals(usage)]));
  }

  close(): void {
    for (const key of this.#ring().keys) if (key.usage.attempts > 0) this.#counted.set(key.ref.keyId, this.#own(key));
    this.#before = undefined;
  }

  /** What the store does not have yet. */
  due(): WindowCounters {
    const totals = new Map<string, Totals>();
    for (const key of this.#ring().keys) {
      const own = this.#own(key);
      const stored = this.#stored.get(key.ref.keyId) ?? [];
      if (own.some((value, index) => value !== (stored[index] ?? 0))) totals.set(key.ref.keyId, own);
    }
    return { window: this.name, expiresAtMs: this.expiresAtMs, totals };
  }

  /** The store has taken these over, and this is the sum over all processes. */
  acknowledge(sent: WindowCounters['totals'], sums: ReadonlyMap<string, Totals> = new Map()): void {
    for (const [keyId, totals] of sent) this.#stored.set(keyId, totals);
    this.#sums = sums;
  }

  /** The store has lost what it had. */
  forgetStored(): void {
    this.#stored.clear();
  }

  /** Usage of a key by this process. */
  ofThis(key: PooledKey): UsageCounts {
    return toCounts(this.#own(key));
  }

  /** Usage of a key by all processes, as far as this one knows. */
  ofAll(key: PooledKey): UsageCounts {
    const stored = this.#stored.get(key.ref.keyId) ?? [];
    const sums = this.#sums.get(key.ref.keyId) ?? [];
    const ofOthers = (index: number): number => Math.max(0, (sums[index] ?? 0) - (stored[index] ?? 0));
    return toCounts(this.#own(key).map((value, index) => value + ofOthers(index)));
  }

  #own({ ref, usage }: PooledKey): Totals {
    const counted = this.#counted.get(ref.keyId) ?? noTotals;
    if (!this.#before) return counted;
    const before = this.#before.get(ref.keyId) ?? noTotals;
    return toTotals(usage).map((value, index) => value - (before[index] ?? 0) + (counted[index] ?? 0));
  }
}

import type { UsageCounts } from './key-name.ts';
import type { WindowCounters } from './key-state-store.ts';

type Totals = readonly number[];

/** Counts of a key that has not been used. */
export function noUsage(): UsageCounts {
  return {
    attempts: 0,
    successes: 0,
    failures: { transient: 0, 'rate-limited': 0, 'quota-exhausted': 0, 'invalid-key': 0, 'caller-error': 0 },
    quotaUnits: 0,
  };
}

// The order is that of stored data: it may only grow at its end.
function toTotals({ attempts, successes, failures, quotaUnits }: UsageCounts): Totals {
  return [
    attempts,
    successes,
    failures.transient,
    failures['rate-limited'],
    failures['quota-exhausted'],
    failures['invalid-key'],
    failures['caller-error'],
    quotaUnits,
  ];
}

function toCounts(totals: Totals): UsageCounts {
  const [attempts = 0, successes = 0, transient = 0, limited = 0, exhausted = 0, invalid = 0, caller = 0, units = 0] =
    totals;
  return {
    attempts,
    successes,
    failures: {
      transient,
      'rate-limited': limited,
      'quota-exhausted': exhausted,
      'invalid-key': invalid,
      'caller-error': caller,
    },
    quotaUnits: units,
  };
}

/** One window of usage: what this process has counted, what the store has of that, and the sums over all. */
export class UsageWindow {
  readonly name: string;
  /** When nobody asks for it any more, in ms since the epoch. */
  expiresAtMs = 0;
  readonly #own = new Map<string, UsageCounts>();
  readonly #stored = new Map<string, Totals>();
  /** By all processes, this one included with what is stored of it. */
  #sums: ReadonlyMap<string, Totals> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  /** Counts a key from now on in the given object, or in one made here. */
  own(keyId: string, counts: UsageCounts = this.#own.get(keyId) ?? noUsage()): UsageCounts {
    this.#own.set(keyId, counts);
    return counts;
  }

  /** What the store does not have yet. */
  due(): WindowCounters {
    const totals = new Map<string, Totals>();
    for (const [keyId, counts] of this.#own) {
      const now = toTotals(counts);
      const stored = this.#stored.get(keyId) ?? [];
      if (now.some((value, index) => value !== (stored[index] ?? 0))) totals.set(keyId, now);
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

  /** Usage of a key by all processes, as far as this one knows. */
  ofAll(keyId: string): UsageCounts {
    const own = toTotals(this.#own.get(keyId) ?? noUsage());
    const stored = this.#stored.get(keyId) ?? [];
    const sums = this.#sums.get(keyId) ?? [];
    const ofOthers = (index: number): number => Math.max(0, (sums[index] ?? 0) - (stored[index] ?? 0));
    return toCounts(own.map((value, index) => value + ofOthers(index)));
  }
}

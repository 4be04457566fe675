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

/** One window of usage: what this process has counted, what the store has of that, and what the others have counted. */
export class UsageWindow {
  readonly name: string;
  /** When nobody asks for it any more, in ms since the epoch. */
  expiresAtMs = 0;
  readonly #own = new Map<string, UsageCounts>();
  readonly #stored = new Map<string, Totals>();
  #others = new Map<string, Totals>();

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
    this.#others = new Map(
      [...sums].map(([keyId, sum]) => {
        const stored = this.#stored.get(keyId) ?? [];
        return [keyId, sum.map((value, index) => Math.max(0, value - (stored[index] ?? 0)))];
      }),
    );
  }

  /** The store has lost what it had. */
  forgetStored(): void {
    this.#stored.clear();
  }

  /** Usage of a key by all processes, as far as this one knows. */
  ofAll(keyId: string): UsageCounts {
    const own = toTotals(this.#own.get(keyId) ?? noUsage());
    const others = this.#others.get(keyId) ?? [];
    return toCounts(own.map((value, index) => value + (others[index] ?? 0)));
  }
}

import type { Totals, WindowCounters } from '../state/usage-counts.ts';

interface Window {
  expiresAtMs: number;
  /** Instance → key id → totals. */
  readonly byInstance: Map<string, Map<string, Totals>>;
  /** Key id → the sum over all instances, so that those that are gone cost nothing. */
  readonly sums: Map<string, Totals>;
}

/** The counters of one process in one window. */
export interface InstanceCounters extends WindowCounters {
  readonly instance: string;
}

function combine(a: Totals, b: Totals, pick: (a: number, b: number) => number): number[] {
  const longer = a.length > b.length ? a : b;
  return longer.map((_, index) => pick(a[index] ?? 0, b[index] ?? 0));
}

/** The larger number at each index, so that a late message never lowers a total. */
function larger(a: Totals, b: Totals): number[] {
  return combine(a, b, Math.max);
}

function sum(a: Totals, b: Totals): number[] {
  return combine(a, b, (left, right) => left + right);
}

function difference(a: Totals, b: Totals): number[] {
  return combine(a, b, (left, right) => left - right);
}

/** The counters of many processes, by window. */
export class UsageTotals {
  readonly #windows = new Map<string, Window>();

  /** Returns whether a total has grown. */
  merge(instance: string, { window, expiresAtMs, totals }: WindowCounters): boolean {
    const known = this.#windows.get(window) ?? { expiresAtMs: 0, byInstance: new Map(), sums: new Map() };
    // A late message must not shorten a window that has been extended.
    known.expiresAtMs = Math.max(known.expiresAtMs, expiresAtMs);
    this.#windows.set(window, known);
    if (totals.size === 0) return false;
    const own = known.byInstance.get(instance) ?? new Map<string, Totals>();
    known.byInstance.set(instance, own);
    let hasGrown = false;
    for (const [keyId, counts] of totals) {
      const before = own.get(keyId) ?? [];
      const after = larger(before, counts);
      if (own.has(keyId) && after.every((count, index) => count === before[index])) continue;
      hasGrown = true;
      own.set(keyId, after);
      known.sums.set(keyId, sum(known.sums.get(keyId) ?? [], difference(after, before)));
    }
    return hasGrown;
  }

  /** Key id → the totals of one process. */
  of(instance: string, window: string): ReadonlyMap<string, Totals> {
    return this.#windows.get(window)?.byInstance.get(instance) ?? new Map();
  }

  /** Key id → the sum over all processes. */
  totals(window: string): Map<string, Totals> {
    return new Map(this.#windows.get(window)?.sums);
  }

  /** Drops the windows that have ended, and returns their names. */
  dropExpired(now: number): string[] {
    const expired = [...this.#windows].filter(([, { expiresAtMs }]) => expiresAtMs <= now).map(([window]) => window);
    for (const window of expired) this.drop(window);
    return expired;
  }

  drop(window: string): void {
    this.#windows.delete(window);
  }

  /** Window → its end, in ms since the epoch. */
  ends(): Map<string, number> {
    return new Map([...this.#windows].map(([window, { expiresAtMs }]) => [window, expiresAtMs]));
  }

  *[Symbol.iterator](): IterableIterator<InstanceCounters> {
    for (const [window, { expiresAtMs, byInstance }] of this.#windows) {
      for (const [instance, totals] of byInstance) yield { instance, window, expiresAtMs, totals };
    }
  }
}

import type { Totals, WindowCounters } from '../state/usage-counts.ts';

interface Window {
  expiresAtMs: number;
  /** Process → key id → totals. */
  readonly byInstance: Map<string, Map<string, Totals>>;
}

/** What one process has counted in one window. */
export interface InstanceCounters extends WindowCounters {
  readonly instance: string;
}

function merge(a: Totals, b: Totals, pick: (a: number, b: number) => number): number[] {
  const longer = a.length > b.length ? a : b;
  return longer.map((_, index) => pick(a[index] ?? 0, b[index] ?? 0));
}

/** The larger of two totals, place by place: a late message never takes anything back. */
function larger(a: Totals, b: Totals): number[] {
  return merge(a, b, Math.max);
}

function sum(a: Totals, b: Totals): number[] {
  return merge(a, b, (left, right) => left + right);
}

/** Counters of many processes, by window. */
export class UsageTotals {
  readonly #windows = new Map<string, Window>();

  /** Gives back whether a total has grown. */
  count(instance: string, { window, expiresAtMs, totals }: WindowCounters): boolean {
    const known = this.#windows.get(window) ?? { expiresAtMs: 0, byInstance: new Map<string, Map<string, Totals>>() };
    // A window may be prolonged, and a late message does not shorten it again.
    known.expiresAtMs = Math.max(known.expiresAtMs, expiresAtMs);
    this.#windows.set(window, known);
    const own = known.byInstance.get(instance) ?? new Map<string, Totals>();
    known.byInstance.set(instance, own);
    let hasGrown = false;
    for (const [keyId, counts] of totals) {
      const before = own.get(keyId);
      const after = larger(before ?? [], counts);
      hasGrown ||= before === undefined || after.some((count, index) => count !== before[index]);
      own.set(keyId, after);
    }
    return hasGrown;
  }

  /** Key id → the sum over all processes. */
  totals(window: string): Map<string, Totals> {
    const totals = new Map<string, Totals>();
    for (const own of this.#windows.get(window)?.byInstance.values() ?? []) {
      for (const [keyId, counts] of own) totals.set(keyId, sum(totals.get(keyId) ?? [], counts));
    }
    return totals;
  }

  /** Gives back the windows whose time was over. */
  forgetBefore(now: number): string[] {
    const over = [...this.#windows].filter(([, { expiresAtMs }]) => expiresAtMs <= now).map(([window]) => window);
    for (const window of over) this.forget(window);
    return over;
  }

  forget(window: string): void {
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

import type { Verdict } from '../protocol/key-row.ts';
import type { ReasonRow } from '../protocol/provider-document.ts';
import { MinuteCounts } from './minute-counts.ts';
import { wholeSecond } from './whole-second.ts';

interface Counted {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly counts: MinuteCounts;
  lastAtMs: number;
}

const mostReasons = 50;

/** Counts the failures of the last 60 minutes by their code. Codes come from providers and are unbounded, so only the latest 50 are kept. */
export class ReasonCounts {
  /** The most recent last. */
  readonly #reasons = new Map<string, Counted>();

  add(verdict: Verdict, reason: string, nowMs: number): void {
    const name = `${verdict} ${reason}`;
    const counted = this.#reasons.get(name) ?? { verdict, reason, counts: new MinuteCounts(), lastAtMs: nowMs };
    counted.counts.add(nowMs);
    counted.lastAtMs = nowMs;
    this.#reasons.delete(name);
    this.#reasons.set(name, counted);
    const [oldest] = this.#reasons.keys();
    if (this.#reasons.size > mostReasons && oldest !== undefined) this.#reasons.delete(oldest);
  }

  /** The most frequent first. */
  rows(nowMs: number): readonly ReasonRow[] {
    return [...this.#reasons.values()]
      .map(({ verdict, reason, counts, lastAtMs }) => ({
        verdict,
        reason,
        count: counts.sum(nowMs),
        lastAtMs: wholeSecond(lastAtMs),
      }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
  }
}

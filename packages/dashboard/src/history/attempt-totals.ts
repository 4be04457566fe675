import type { KeyStatus } from '@api-key-fallback/core';
import { outcomeCount, outcomeOf, type Outcomes } from './outcomes.ts';

/** Remembers the totals of each key of a pool, to find out what was added since the last sample. Keys are identified by their index. */
export class AttemptTotals {
  #totals: Float64Array = new Float64Array();
  /** Whether the attempts of other processes are in the totals of a key. */
  #hasOthers: Uint8Array = new Uint8Array();

  /** Takes a new list of keys: `from` has the index in the old list for each key, or -1. */
  replaceKeys(from: Int32Array): void {
    const [totals, hadOthers] = [this.#totals, this.#hasOthers];
    this.#totals = new Float64Array(from.length * outcomeCount);
    this.#hasOthers = new Uint8Array(from.length);
    for (const [index, before] of from.entries()) {
      if (before < 0) continue;
      this.#hasOthers[index] = hadOthers[before] ?? 0;
      this.#totals.set(totals.subarray(before * outcomeCount, (before + 1) * outcomeCount), index * outcomeCount);
    }
  }

  /** Notes the totals of a key without counting them. */
  begin(index: number, key: KeyStatus, isShared: boolean): void {
    const counters = isShared ? key.sharedUsage : key.usage;
    this.#hasOthers[index] = Number(isShared && hasOthers(key));
    for (let each = 0; each < outcomeCount; each++) {
      this.#totals[index * outcomeCount + each] = outcomeOf(counters, each);
    }
  }

  /** Writes what has been added to a key into `added`. Totals that have decreased add nothing. */
  take(index: number, key: KeyStatus, isShared: boolean, added: Outcomes): void {
    const counters = isShared ? key.sharedUsage : key.usage;
    // The first totals from the store are of all time, not since the last sample.
    const isFirstOfOthers = isShared && this.#hasOthers[index] === 0 && hasOthers(key);
    if (isFirstOfOthers) this.#hasOthers[index] = 1;
    for (let each = 0; each < outcomeCount; each++) {
      const at = index * outcomeCount + each;
      const before = this.#totals[at] ?? 0;
      const total = outcomeOf(counters, each);
      this.#totals[at] = total;
      added[each] = Math.max(0, (isFirstOfOthers ? outcomeOf(key.usage, each) : total) - before);
    }
  }
}

function hasOthers({ usage, sharedUsage }: KeyStatus): boolean {
  return sharedUsage.attempts > usage.attempts;
}

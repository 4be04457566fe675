import type { PooledKey } from '../state/pooled-key.ts';

/**
 * Gives each key as many turns as its weight says, spread evenly (smooth weighted round robin): with the weights 5, 1, 1 the turns are
 * a a b a c a a.
 */
export class WeightedTurns {
  /** How much of a turn each key has saved up. */
  readonly #saved = new WeakMap<PooledKey, number>();
  /** The keys of the last choice. */
  #candidates: readonly PooledKey[] = [];

  /** The key whose turn it is. Changes nothing, because a call can ask more than once. */
  choose(candidates: readonly PooledKey[]): PooledKey | undefined {
    this.#candidates = candidates;
    const [first, ...others] = candidates;
    return others.reduce((best, key) => (best && this.turnOf(key) <= this.turnOf(best) ? best : key), first);
  }

  /** Notes that a key has had its turn. */
  onSelected(selected: PooledKey): void {
    if (!this.#candidates.includes(selected)) return;
    const total = this.#candidates.reduce((sum, { weight }) => sum + weight, 0);
    for (const key of this.#candidates) this.#saved.set(key, this.turnOf(key) - (key === selected ? total : 0));
  }

  /** How much of a turn a key has; the largest comes next. */
  turnOf(key: PooledKey): number {
    return (this.#saved.get(key) ?? 0) + key.weight;
  }
}

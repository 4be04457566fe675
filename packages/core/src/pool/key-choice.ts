import type { Draw } from '../limits/limit-options.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { KeyStrategy } from './key-strategy.ts';
import { LeastUsedTree, loadOf } from './least-used-tree.ts';
import { WeightedTurns } from './weighted-turns.ts';

/** A running attempt counts less than any difference between the shares of limits. */
const runningWeight = 2 ** -40;

/** Chooses by a strategy among keys that are equally good. */
export class KeyChoice {
  readonly #strategy: KeyStrategy;
  readonly #limits: PoolLimits;
  readonly #weights = new WeightedTurns();
  #tree: LeastUsedTree | undefined;
  #nextIndex = 0;

  constructor(strategy: KeyStrategy, limits: PoolLimits) {
    this.#strategy = strategy;
    this.#limits = limits;
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    if (this.#strategy === 'least-used') this.#tree = new LeastUsedTree(ring);
  }

  /** Sets whether a key can be the best choice. */
  admit(key: PooledKey, isGood: boolean): void {
    this.#tree?.admit(key, isGood);
  }

  onSelected(key: PooledKey): void {
    this.#nextIndex = key.index + 1;
    if (this.#strategy === 'weighted') this.#weights.onSelected(key);
  }

  /** Updates the load of a key. */
  onUsage(key: PooledKey): void {
    this.#tree?.touch(key);
  }

  /** The index from which the first of the best keys is taken; `undefined` if all of them have to be compared. */
  get start(): number | undefined {
    if (this.#strategy === 'in-order') return 0;
    return this.#strategy === 'round-robin' ? this.#nextIndex : undefined;
  }

  /** The key that comes first if it has room; `undefined` if that takes a look at all keys. */
  get leastUsed(): PooledKey | undefined {
    return this.#tree?.best;
  }

  /** Chooses one of the best keys, which are in the order of the list. */
  choose(best: readonly PooledKey[], draw: Draw, now: number): PooledKey | undefined {
    if (typeof this.#strategy === 'function') return chosenBy(this.#strategy, best);
    if (this.#strategy === 'weighted') return this.#weights.choose(best);
    return leastOf(best, this.#strategy === 'least-used' ? loadOf : (key) => this.#shareUsed(key, draw, now));
  }

  /** The share that is used of the limits of a key; of equal ones the fewest running attempts are less. */
  #shareUsed(key: PooledKey, draw: Draw, now: number): number {
    return 1 - this.#limits.shareLeft(key, draw, now) + key.usage.inUse * runningWeight;
  }
}

function leastOf(keys: readonly PooledKey[], costOf: (key: PooledKey) => number): PooledKey | undefined {
  let [least, leastCost]: [PooledKey | undefined, number] = [undefined, Infinity];
  for (const key of keys) {
    const cost = costOf(key);
    if (cost < leastCost) [least, leastCost] = [key, cost];
  }
  return least;
}

function chosenBy(strategy: Exclude<KeyStrategy, string>, keys: readonly PooledKey[]): PooledKey | undefined {
  const candidates = keys.map(({ ref, group, usage }) => ({ ...ref, group, usage }));
  const chosen = strategy(candidates)?.keyId;
  return keys.find(({ ref }) => ref.keyId === chosen) ?? keys[0];
}

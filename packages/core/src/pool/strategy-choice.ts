import type { Draw } from '../limits/draw.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { KeyStrategy } from './key-strategy.ts';
import { LeastUsedTree, loadOf } from './least-used-tree.ts';
import { WeightedTurns } from './weighted-turns.ts';

/** So small that running attempts decide only between equal shares of limits. */
const runningWeight = 2 ** -40;

/** How many candidates a strategy function is shown for an order, because that takes time with thousands of keys. */
const mostShown = 50_000;

/** Chooses by a strategy among keys that are equally good. */
export class StrategyChoice {
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
    return leastOf(best, (key) => this.#costOf(key, draw, now));
  }

  /** Puts equally good keys in the order in which they would be chosen now, each without those before it. */
  order(keys: readonly PooledKey[], draw: Draw, now: number): readonly PooledKey[] {
    if (typeof this.#strategy === 'function') return orderedBy(this.#strategy, keys);
    const costs = new Map(keys.map((key) => [key, this.#costOf(key, draw, now)]));
    return keys.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
  }

  /** What it costs to choose a key; the least comes first, and of equal ones the first in the list. */
  #costOf(key: PooledKey, draw: Draw, now: number): number {
    switch (this.#strategy) {
      case 'round-robin':
        return key.index < this.#nextIndex ? key.index + 2 ** 32 : key.index;
      case 'weighted':
        return -this.#weights.turnOf(key);
      case 'least-used':
        return loadOf(key);
      case 'most-remaining':
        return 1 - this.#limits.shareLeft(key, draw, now) + key.usage.inUse * runningWeight;
      default:
        return key.index;
    }
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

/** The order that a strategy function gives, as far as it is asked. */
function orderedBy(strategy: Exclude<KeyStrategy, string>, keys: readonly PooledKey[]): readonly PooledKey[] {
  const rest = [...keys];
  const ordered: PooledKey[] = [];
  for (let shown = 0; rest.length > 0 && shown < mostShown; shown += rest.length) {
    const [chosen] = rest.splice(indexOfChoice(strategy, rest), 1);
    if (chosen) ordered.push(chosen);
  }
  return [...ordered, ...rest];
}

/** The index of the key that a strategy function chooses; that of the first one if it throws, which fails calls only. */
function indexOfChoice(strategy: Exclude<KeyStrategy, string>, keys: readonly PooledKey[]): number {
  try {
    return keys.indexOf(chosenBy(strategy, keys) as PooledKey);
  } catch {
    return 0;
  }
}

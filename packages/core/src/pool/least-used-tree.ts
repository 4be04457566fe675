import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** One running attempt counts more than all attempts that have started. */
const runningWeight = 2 ** 32;

/** The load of a key; lower is better. */
export function loadOf({ usage }: PooledKey): number {
  return usage.inUse * runningWeight + usage.attempts;
}

// Eight numbers fill one cache line of a processor.
const width = 8;

/** Finds the least used healthy key in a list of any length; of several, the first in the list. */
export class LeastUsedTree {
  readonly #ring: KeyRing;
  /**
   * The lowest level holds the load of each key by its index, `Infinity` for one that cannot be chosen. Each further level holds
   * the minimum of every eight numbers below, up to the minimum of all.
   */
  readonly #levels: Float64Array[] = [];

  constructor(ring: KeyRing) {
    this.#ring = ring;
    let { length } = ring.keys;
    this.#levels.push(new Float64Array(length).fill(Infinity));
    do {
      length = Math.ceil(length / width);
      this.#levels.push(new Float64Array(length).fill(Infinity));
    } while (length > 1);
  }

  /** Sets whether a key can be chosen. At first none can. */
  admit(key: PooledKey, isHealthy: boolean): void {
    this.#set(key.index, isHealthy ? loadOf(key) : Infinity);
  }

  /** Updates the load of a key. */
  touch(key: PooledKey): void {
    const { index } = key;
    if (this.#at(0)[index] !== Infinity) this.#set(index, loadOf(key));
  }

  /** The least used key; `undefined` if none is healthy. */
  get best(): PooledKey | undefined {
    const top = this.#levels.length - 1;
    const least = this.#at(top)[0];
    if (least === Infinity) return undefined;
    let index = 0;
    for (let height = top - 1; height >= 0; height--) {
      const level = this.#at(height);
      index *= width;
      while (level[index] !== least) index++;
    }
    return this.#ring.keys[index];
  }

  #set(index: number, load: number): void {
    let was = this.#at(0)[index] as number;
    let is = load;
    this.#at(0)[index] = load;
    for (let height = 1; height < this.#levels.length; height++) {
      index = Math.floor(index / width);
      const level = this.#at(height);
      const least = level[index] as number;
      if (is >= least && was !== least) return;
      const next = is < least ? is : leastOfGroup(this.#at(height - 1), index);
      if (next === least) return;
      level[index] = next;
      [was, is] = [least, next];
    }
  }

  #at(height: number): Float64Array {
    return this.#levels[height] as Float64Array;
  }
}

function leastOfGroup(level: Float64Array, group: number): number {
  const end = Math.min(level.length, (group + 1) * width);
  let least = Infinity;
  for (let index = group * width; index < end; index++) least = Math.min(least, level[index] as number);
  return least;
}

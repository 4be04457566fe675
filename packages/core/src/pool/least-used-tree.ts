import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** A running attempt weighs more than all that have been started. */
const runningWeight = 2 ** 32;

/** What a choice of the least used key goes by: the smaller, the better. */
export function loadOf({ usage }: PooledKey): number {
  return usage.inUse * runningWeight + usage.attempts;
}

// So many numbers lie side by side in a processor's cache.
const width = 8;

/** Finds the least used of the healthy keys, the first in the list where several are, in a list of any length. */
export class LeastUsedTree {
  readonly #ring: KeyRing;
  /**
   * On the lowest level the load of each key by its place in the list, `Infinity` for one that cannot be chosen; on each
   * further one the least of every eight numbers below, up to the least of all.
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

  /** Whether a key may be chosen; none may before. */
  admit(key: PooledKey, isHealthy: boolean): void {
    this.#set(key.place, isHealthy ? loadOf(key) : Infinity);
  }

  /** The usage of a key has changed. */
  touch(key: PooledKey): void {
    const { place } = key;
    if (this.#at(0)[place] !== Infinity) this.#set(place, loadOf(key));
  }

  /** `undefined` when no key is healthy. */
  get best(): PooledKey | undefined {
    const top = this.#levels.length - 1;
    const least = this.#at(top)[0];
    if (least === Infinity) return undefined;
    let place = 0;
    for (let height = top - 1; height >= 0; height--) {
      const level = this.#at(height);
      place *= width;
      while (level[place] !== least) place++;
    }
    return this.#ring.keys[place];
  }

  #set(place: number, load: number): void {
    let was = this.#at(0)[place] as number;
    let is = load;
    this.#at(0)[place] = load;
    for (let height = 1; height < this.#levels.length; height++) {
      place = Math.floor(place / width);
      const level = this.#at(height);
      const least = level[place] as number;
      if (is >= least && was !== least) return;
      const next = is < least ? is : leastOfGroup(this.#at(height - 1), place);
      if (next === least) return;
      level[place] = next;
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
  for (let place = group * width; place < end; place++) least = Math.min(least, level[place] as number);
  return least;
}

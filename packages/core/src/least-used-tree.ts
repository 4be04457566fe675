import type { PooledKey } from './pooled-key.ts';

/** A running attempt weighs more than all that have been started. */
const runningWeight = 2 ** 32;

/** What a choice of the least used key goes by: the smaller, the better. */
export function loadOf({ usage }: PooledKey): number {
  return usage.inUse * runningWeight + usage.attempts;
}

/**
 * Finds the least used of the healthy keys, in a list of any length.
 *
 * A tournament: each node holds the better of two keys, so that a key whose usage changes plays a match per level again.
 */
export class LeastUsedTree {
  readonly #keys: readonly PooledKey[];
  readonly #leaves: number;
  /** By place in the list; `Infinity` for keys that cannot be chosen, and to fill the tree up. */
  readonly #loads: Float64Array;
  /** Places in the list. Node 1 is the root; the nodes from `#leaves` on are the keys. */
  readonly #winners: Int32Array;

  constructor(keys: readonly PooledKey[]) {
    this.#keys = keys;
    this.#leaves = 2 ** Math.ceil(Math.log2(keys.length));
    this.#loads = new Float64Array(this.#leaves).fill(Infinity);
    this.#winners = Int32Array.from({ length: 2 * this.#leaves }, (_, node) => Math.max(0, node - this.#leaves));
  }

  /** Whether a key may be chosen; none may before. */
  admit(key: PooledKey, isHealthy: boolean): void {
    const place = key.name.position - 1;
    const was = this.#loads[place];
    this.#loads[place] = isHealthy ? loadOf(key) : Infinity;
    if (was !== this.#loads[place]) this.#play(place);
  }

  /** The usage of a key has changed. */
  touch(key: PooledKey): void {
    const place = key.name.position - 1;
    if (this.#loads[place] === Infinity) return;
    this.#loads[place] = loadOf(key);
    this.#play(place);
  }

  /** `undefined` when no key is healthy. */
  get best(): PooledKey | undefined {
    const place = this.#winners[1] ?? 0;
    return this.#loads[place] === Infinity ? undefined : this.#keys[place];
  }

  #play(place: number): void {
    for (let node = (this.#leaves + place) >> 1; node >= 1; node >>= 1) {
      const winner = this.#winner(node);
      // Two others have met here before.
      if (winner !== place && winner === this.#winners[node]) return;
      this.#winners[node] = winner;
    }
  }

  #winner(node: number): number {
    const left = this.#winners[2 * node] as number;
    const right = this.#winners[2 * node + 1] as number;
    return (this.#loads[right] as number) < (this.#loads[left] as number) ? right : left;
  }
}

import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';

const range = 2 ** 32;

/** FNV-1a; the same in every process. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mixed(hash);
}

/** The final mix of MurmurHash3, with its constants: each bit of the number changes half of the bits of the result. */
function mixed(number: number): number {
  let bits = number;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * Finds the key of a session by weighted rendezvous hashing. Each key has a score for each session, and the highest one wins: without
 * a table, all processes find the same key, and a key that comes or goes moves only the sessions that it wins or had won.
 */
export class Rendezvous {
  /** By the index of the key. */
  readonly #hashes: Uint32Array;

  constructor({ keys }: KeyRing) {
    this.#hashes = Uint32Array.from(keys, ({ ref }) => hashOf(ref.keyId));
  }

  /** The key of a session, which is given by its hash, among these keys of the ring. */
  choose(keys: readonly PooledKey[], session: number): PooledKey | undefined {
    let best: PooledKey | undefined;
    let bestScore = -Infinity;
    for (const key of keys) {
      const score = this.scoreOf(key, session);
      if (score <= bestScore) continue;
      best = key;
      bestScore = score;
    }
    return best;
  }

  /** The score of a key for a session: positive, and below 0 for a standby. */
  scoreOf({ index, weight }: PooledKey, session: number): number {
    const chance = (mixed(session ^ (this.#hashes[index] ?? 0)) + 0.5) / range;
    return weight === 0 ? chance - 1 : -weight / Math.log(chance);
  }
}

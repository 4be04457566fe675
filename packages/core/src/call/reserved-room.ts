import type { Counts } from '../limits/counts.ts';
import type { Draw } from '../limits/draw.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** The room that a call has taken on a key with limits, for an attempt that does not begin at once. */
export class ReservedRoom {
  readonly key: PooledKey;
  readonly #counted: readonly Counts[];
  readonly #draw: Draw;

  constructor(key: PooledKey, counted: readonly Counts[], draw: Draw) {
    this.key = key;
    this.#counted = counted;
    this.#draw = draw;
    for (const counts of counted) counts.reserve(draw, 1);
  }

  /** What an attempt on this key still has to find room for. */
  drawOn(key: PooledKey): Draw {
    return key === this.key ? { ...this.#draw, requests: 0, tokens: 0, units: 0 } : this.#draw;
  }

  /** Ends the reservation: once. */
  end(): void {
    for (const counts of this.#counted) counts.reserve(this.#draw, -1);
  }
}

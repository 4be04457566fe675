import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';

/** The key that an operator has put before all others, in this process. */
export class PreferredKey {
  readonly #clock: SharedClock;
  #key: PooledKey | undefined;
  /** By the steady clock. */
  #untilMs = Infinity;

  constructor(clock: SharedClock) {
    this.#clock = clock;
  }

  /** Puts a key first for this time in ms; until it is ended without one. */
  set(key: PooledKey, forMs: number = Infinity): void {
    this.#key = key;
    this.#untilMs = this.#now() + forMs;
  }

  end(): void {
    this.#key = undefined;
  }

  /** The key; `undefined` if none comes first. */
  get key(): PooledKey | undefined {
    if (this.#key && this.#untilMs !== Infinity && this.leftMs <= 0) this.#key = undefined;
    return this.#key;
  }

  /** The time in ms for which it still comes first; `Infinity` without an end. */
  get leftMs(): number {
    return this.#untilMs - this.#now();
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    if (this.#key && !ring.has(this.#key)) this.#key = undefined;
  }

  /** Takes over the choice of another pool of the same keys, unless there is one already. */
  takeOver(before: PreferredKey, ring: KeyRing): void {
    const key = this.key ? undefined : before.key;
    const same = key && ring.findBySecret(key.reveal());
    if (same) this.set(same, before.leftMs);
  }

  #now(): number {
    return this.#clock.toSteady(this.#clock.now());
  }
}

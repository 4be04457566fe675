import type { PooledKey } from '../state/pooled-key.ts';

/** The keys that a call has given up, for good or with attempts left. */
export class GivenUpKeys {
  readonly used: Set<PooledKey>;
  /** When all of them are open again, by the steady clock: at the end of the wait for another key. */
  readonly reopenAtMs: number;
  /** The number of attempts made on each key that has attempts left. */
  readonly #leftEarly = new Map<PooledKey, number>();

  constructor(used: Iterable<PooledKey> = [], reopenAtMs: number = Infinity) {
    this.used = new Set(used);
    this.reopenAtMs = reopenAtMs;
  }

  /** Saves the attempts left on a key for when no other key is left. */
  leaveEarly(key: PooledKey, attemptsMade: number): void {
    this.#leftEarly.set(key, attemptsMade);
  }

  /** The first key with attempts left that `isUsable` allows. */
  findLeftEarly(isUsable: (key: PooledKey) => boolean): PooledKey | undefined {
    return [...this.#leftEarly.keys()].find(isUsable);
  }

  /** The used keys that stay closed when the call starts over, until this time at the latest; `undefined` for none. */
  startOver(isClosed: (key: PooledKey) => boolean, reopenAtMs: number): GivenUpKeys | undefined {
    const closed = [...this.used].filter(isClosed);
    return closed.length === 0 ? undefined : new GivenUpKeys(closed, Math.min(this.reopenAtMs, reopenAtMs));
  }

  /** Returns to a key. Returns the number of attempts made on it. */
  takeBack(key: PooledKey): number {
    const attemptsMade = this.#leftEarly.get(key) ?? 0;
    this.#leftEarly.delete(key);
    return attemptsMade;
  }
}

import type { PooledKey } from './pooled-key.ts';

/** The keys of a pool, in list order. Immutable: a new list replaces the whole ring. */
export class KeyRing {
  readonly keys: readonly PooledKey[];
  /**
   * Keys that have left the list, the last one last. Their running attempts still count, their records still arrive, and a key that
   * comes back has its state.
   */
  readonly left: readonly PooledKey[];
  readonly #bySecret: ReadonlyMap<string, PooledKey>;
  readonly #leftBySecret: ReadonlyMap<string, PooledKey>;
  readonly #byId: ReadonlyMap<string, PooledKey>;

  constructor(keys: readonly PooledKey[], left: readonly PooledKey[] = []) {
    this.keys = Object.freeze([...keys]);
    this.left = left;
    this.#bySecret = new Map(keys.map((key) => [key.reveal(), key]));
    this.#leftBySecret = new Map(left.map((key) => [key.reveal(), key]));
    this.#byId = new Map([...left, ...keys].map((key) => [key.ref.keyId, key]));
  }

  /** Whether the key is in the list. */
  has(key: PooledKey): boolean {
    return this.keys[key.index] === key;
  }

  /** The key of the list with this secret. */
  findBySecret(secret: string): PooledKey | undefined {
    return this.#bySecret.get(secret);
  }

  /** The key with this secret, also one that has left the list. */
  findKnown(secret: string): PooledKey | undefined {
    return this.#bySecret.get(secret) ?? this.#leftBySecret.get(secret);
  }

  /** The key with this fingerprint, also one that has left the list. */
  findById(keyId: string): PooledKey | undefined {
    return this.#byId.get(keyId);
  }

  /** The keys of the list, and those that have left it. */
  get known(): readonly PooledKey[] {
    return [...this.keys, ...this.left];
  }
}

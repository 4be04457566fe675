import type { PooledKey } from './pooled-key.ts';

/** The keys of a pool, in list order. Immutable: a new list replaces the whole ring. */
export class KeyRing {
  readonly keys: readonly PooledKey[];
  readonly #bySecret: ReadonlyMap<string, PooledKey>;
  readonly #byId: ReadonlyMap<string, PooledKey>;

  constructor(keys: readonly PooledKey[]) {
    this.keys = Object.freeze([...keys]);
    this.#bySecret = new Map(keys.map((key) => [key.reveal(), key]));
    this.#byId = new Map(keys.map((key) => [key.ref.keyId, key]));
  }

  findBySecret(secret: string): PooledKey | undefined {
    return this.#bySecret.get(secret);
  }

  /** The key with this fingerprint. */
  findById(keyId: string): PooledKey | undefined {
    return this.#byId.get(keyId);
  }
}

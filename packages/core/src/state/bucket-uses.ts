import { BucketUse, bucketUseId } from './bucket-use.ts';
import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';

/** The quota buckets of a pool's keys whose usage is counted, because they have limits. */
export class BucketUses {
  readonly #byId = new Map<string, BucketUse>();

  get all(): readonly BucketUse[] {
    return [...this.#byId.values()];
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  /** The usage of a bucket, which is counted from the first time on. */
  of(key: PooledKey, bucket: string): BucketUse {
    const id = bucketUseId(key, bucket);
    const use = this.#byId.get(id) ?? new BucketUse(key, bucket);
    this.#byId.set(id, use);
    return use;
  }

  /** The usage of a bucket; `undefined` if it is not counted. */
  find(key: PooledKey, bucket: string): BucketUse | undefined {
    return this.isEmpty ? undefined : this.#byId.get(bucketUseId(key, bucket));
  }

  findById(id: string): BucketUse | undefined {
    return this.#byId.get(id);
  }

  /** Forgets the buckets of keys that are not known any more. */
  replace(ring: KeyRing): void {
    for (const [id, { key }] of this.#byId) if (ring.findById(key.ref.keyId) !== key) this.#byId.delete(id);
  }
}

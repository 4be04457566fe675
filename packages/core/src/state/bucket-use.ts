import { noUsage, type HandedOver, type KeyUsage } from './usage-counts.ts';
import type { PooledKey } from './pooled-key.ts';
import type { Use } from './usage-window.ts';

/** The usage of a key in one quota bucket, which processes share like that of the whole key. */
export class BucketUse implements Use {
  readonly key: PooledKey;
  readonly bucket: string;
  readonly ref: { readonly keyId: string };
  readonly usage: KeyUsage = noUsage();
  handedOver: HandedOver | undefined;
  history: object = this.usage;
  statusRevision = 0;

  constructor(key: PooledKey, bucket: string) {
    this.key = key;
    this.bucket = bucket;
    this.ref = { keyId: bucketUseId(key, bucket) };
  }
}

/** The id under which stores keep it. */
export function bucketUseId({ ref }: PooledKey, bucket: string): string {
  return `${ref.keyId}/${bucket}`;
}

import { isName } from '../base/check-arguments.ts';
import { redactor } from '../base/redaction.ts';
import type { KeyHealth } from '../state/key-health.ts';
import { freshRecord, type KeyRecord } from '../state/key-record.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { HealthTarget, PoolHealth } from '../state/pool-health.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { ProbeGate } from '../state/probe-permit.ts';

/** Maps the ids of records in a store to the health records of a pool. */
export class RecordIndex {
  #ring: KeyRing;
  #gateOf: ((id: string) => ProbeGate) | undefined;

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    const before = new Set(this.#ring.known);
    this.#ring = ring;
    for (const key of ring.known) if (!before.delete(key)) this.#shareProbesOf(key);
    for (const gone of before) gone.forgetProbes();
  }

  /** The id of a record: the key's fingerprint, or `fingerprint/bucket`. */
  idOf({ key, bucket }: HealthTarget): string {
    return bucket === undefined ? key.ref.keyId : `${key.ref.keyId}/${bucket}`;
  }

  /** The key or bucket with this id; `undefined` when the pool does not have the key, or the bucket cannot be shown. */
  find(id: string): HealthTarget | undefined {
    const slash = id.indexOf('/');
    const key = this.#ring.findById(slash < 0 ? id : id.slice(0, slash));
    if (!key || slash < 0) return key && { key };
    const bucket = id.slice(slash + 1);
    return key.buckets.has(bucket) || isOwnKind(bucket) ? { key, bucket } : undefined;
  }

  /** The record with this id; a fresh one when there is none. */
  get(id: string): KeyRecord {
    const target = this.find(id);
    const health = target?.bucket === undefined ? target?.key.health : target.key.buckets.get(target.bucket);
    return health?.view.record ?? freshRecord;
  }

  /** Merges records of other processes into the health of the pool. */
  absorb(changes: ReadonlyMap<string, KeyRecord>, health: PoolHealth): void {
    for (const [id, record] of changes) {
      const target = this.find(id);
      if (target) health.absorb(target, record);
    }
  }

  /** The ids of all records that are not fresh. */
  ids(): string[] {
    return [...this.#all()].filter(([, { view }]) => view.record !== freshRecord).map(([id]) => id);
  }

  /** Adds `ms` to all times, to correct for a clock that was behind. */
  shift(ms: number): void {
    for (const [, health] of this.#all()) health.shift(ms);
  }

  /** Sets the gate that a probe of each key or bucket has to pass. */
  shareProbes(gateOf: (id: string) => ProbeGate): void {
    this.#gateOf = gateOf;
    for (const key of this.#ring.known) this.#shareProbesOf(key);
  }

  #shareProbesOf(key: PooledKey): void {
    const gateOf = this.#gateOf;
    if (gateOf) key.shareProbes((bucket) => gateOf(this.idOf(bucket === undefined ? { key } : { key, bucket })));
  }

  *#all(): Iterable<[id: string, health: KeyHealth]> {
    for (const key of this.#ring.known) {
      yield [this.idOf({ key }), key.health];
      for (const [bucket, health] of key.buckets) yield [this.idOf({ key, bucket }), health];
    }
  }
}

/** Whether this version could have made the bucket. A store can have buckets of others: of an older version, or written by hand. */
function isOwnKind(bucket: string): boolean {
  return isName('bucket', bucket) && redactor.redact(bucket) === bucket;
}

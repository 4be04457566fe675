import { KeyHealth, type HealthContext } from './key-health.ts';
import { freshRecord, type KeyRecord } from './key-record.ts';
import type { ProbeGate } from './probe-permit.ts';
import { mostBuckets, namesToEvict, sweepMs } from './stale-buckets.ts';

/** The quota buckets of one key. Stale ones are forgotten, so that their number stays bounded. */
export class KeyBuckets {
  readonly #context: HealthContext;
  readonly #whole: KeyHealth;
  readonly #byName = new Map<string, KeyHealth>();
  /** The newest generation and epoch of what was forgotten. With an older one, other processes would ignore a new failure. */
  #forgotten: Pick<KeyRecord, 'generation' | 'epoch'> = freshRecord;
  #nextSweepMs: number;

  /** `whole` is the health of the whole key. */
  constructor(context: HealthContext, whole: KeyHealth) {
    this.#context = context;
    this.#whole = whole;
    this.#nextSweepMs = context.clock.now() + sweepMs;
  }

  get all(): ReadonlyMap<string, KeyHealth> {
    return this.#byName;
  }

  get(name: string): KeyHealth | undefined {
    return this.#byName.get(name);
  }

  /** Adds a bucket that does not exist yet. */
  add(name: string, gate: ProbeGate | undefined): KeyHealth {
    // With room for the new one.
    if (this.#byName.size >= mostBuckets || this.#context.clock.now() >= this.#nextSweepMs) this.sweep(mostBuckets - 1);
    // An earlier reset of the key also applies to a bucket that is created later.
    const { generation } = this.#whole.view.record;
    const epoch = this.#forgotten.generation === generation ? this.#forgotten.epoch : 0;
    const health = new KeyHealth(this.#context, this.#whole, epoch);
    health.permit.gate = gate;
    this.#byName.set(name, health);
    return health;
  }

  /** Evicts stale buckets, and those that end soonest if more than `most` are left. */
  sweep(most: number = mostBuckets): void {
    const now = this.#context.clock.now();
    this.#nextSweepMs = now + sweepMs;
    const ends = [...this.#byName]
      .filter(([, { permit }]) => !permit.isInUse(now))
      .map(([name, { endsAtMs }]) => [name, endsAtMs] as const);
    for (const name of namesToEvict(ends, now, most)) this.#forget(name);
  }

  /** Notes the record of a stale bucket, without creating the bucket. */
  note({ generation, epoch }: KeyRecord): void {
    const known = this.#forgotten;
    const isNewer = generation === known.generation ? epoch > known.epoch : generation > known.generation;
    if (isNewer) this.#forgotten = { generation, epoch };
  }

  #forget(name: string): void {
    const health = this.#byName.get(name);
    if (!health) return;
    this.note(health.view.record);
    health.permit.gate?.forget();
    this.#byName.delete(name);
  }
}

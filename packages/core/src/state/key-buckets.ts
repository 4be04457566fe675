import { toForget } from './forgetting.ts';
import { KeyHealth, type HealthContext } from './key-health.ts';
import { freshRecord, type KeyRecord } from './key-record.ts';
import type { ProbeGate } from './probe-permit.ts';

/** More buckets than an application has operations, unless their names vary with each call. */
const mostBuckets = 1000;
const sweepMs = 600_000;

/** The quota buckets of one key. Those that say nothing any more are forgotten, so that their number stays bounded. */
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
    this.#sweepIfDue();
    // An earlier reset of the key also applies to a bucket that is created later.
    const { generation } = this.#whole.view.record;
    const epoch = this.#forgotten.generation === generation ? this.#forgotten.epoch : 0;
    const health = new KeyHealth(this.#context, this.#whole, epoch);
    health.permit.gate = gate;
    this.#byName.set(name, health);
    return health;
  }

  /** Forgets the buckets that say nothing any more. */
  sweep(): void {
    const now = this.#context.clock.now();
    this.#nextSweepMs = now + sweepMs;
    const ends = [...this.#byName]
      .filter(([, { permit }]) => !permit.isInUse(now))
      .map(([name, { endsAtMs }]) => [name, endsAtMs] as const);
    for (const name of toForget(ends, now, mostBuckets)) this.#forget(name);
  }

  /** Notes a record of a bucket that says nothing any more, without creating the bucket. */
  note({ generation, epoch }: KeyRecord): void {
    const known = this.#forgotten;
    const isNewer = generation === known.generation ? epoch > known.epoch : generation > known.generation;
    if (isNewer) this.#forgotten = { generation, epoch };
  }

  #sweepIfDue(): void {
    if (this.#byName.size >= mostBuckets || this.#context.clock.now() >= this.#nextSweepMs) this.sweep();
  }

  #forget(name: string): void {
    const health = this.#byName.get(name);
    if (!health) return;
    this.note(health.view.record);
    health.permit.gate?.forget();
    this.#byName.delete(name);
  }
}

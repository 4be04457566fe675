import { redactor } from '../base/redaction.ts';
import type { FullRuntime } from '../base/runtime.ts';
import type { EventOrigin } from '../events/events.ts';
import type { PoolTraffic } from '../limits/pool-traffic.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { HealthTarget } from '../state/pool-health.ts';
import type { Learner } from './observe-response.ts';

/** The part of a pool that its twins use. */
export interface TwinPool extends Learner {
  readonly origin: EventOrigin;
  readonly runtime: FullRuntime;
  readonly traffic: PoolTraffic;
  readonly list: { findKnown(secret: string): PooledKey | undefined };
}

/** The same key in another pool of this process. */
export interface Twin {
  readonly key: PooledKey;
  readonly pool: TwinPool;
}

const none: readonly Twin[] = [];
/** Provider → its pools in this process. */
const poolsOf = new Map<string, Set<WeakRef<TwinPool>>>();
/** Rises when a pool has other keys than before. */
let revision = 0;

const dropped = new FinalizationRegistry<() => void>((leave) => leave());

/**
 * Finds the keys that a pool has in common with pools of another name in this process. A secret is one account at the provider, so what
 * is known of it applies in all of them.
 *
 * Each pool keeps its own health objects, because each has the clock of its own store; the twins are kept equal.
 */
export class TwinPools {
  readonly #pool: TwinPool;
  readonly #ref: WeakRef<TwinPool>;
  readonly #all: Set<WeakRef<TwinPool>>;
  readonly #byKey = new Map<PooledKey, readonly WeakRef<TwinPool>[]>();
  #revision = -1;

  constructor(pool: TwinPool) {
    const { provider } = pool.origin;
    const all = poolsOf.get(provider) ?? new Set();
    const ref = new WeakRef(pool);
    poolsOf.set(provider, all.add(ref));
    dropped.register(pool, () => all.delete(ref), this);
    this.#pool = pool;
    this.#ref = ref;
    this.#all = all;
  }

  /** Notes that the pool has other keys. Those that are new here start with what other pools know of them. */
  onKeys(added: readonly PooledKey[]): void {
    revision++;
    for (const key of added) {
      const [twin] = this.of(key);
      if (!twin) continue;
      this.#pool.health.takeOver(key, twin.key, this.#shiftTo(twin.pool, -1));
      key.takeOver(twin.key);
      this.#pool.traffic.share(key, twin.pool.traffic.of(twin.key), this.#pool.clock.now());
    }
  }

  /** The same key in pools of another name. */
  of(key: PooledKey): readonly Twin[] {
    if (this.#all.size < 2) return none;
    if (this.#revision !== revision) this.#byKey.clear();
    this.#revision = revision;
    const refs = this.#byKey.get(key) ?? this.#find(key);
    this.#byKey.set(key, refs);
    return refs.length === 0 ? none : refs.flatMap((ref) => keyIn(ref.deref(), key.reveal()));
  }

  /** Lets the pools that have this key use the limit that was learned of it. */
  onRefusal(key: PooledKey): void {
    for (const { pool, key: twin } of this.of(key)) {
      pool.traffic.share(twin, this.#pool.traffic.of(key), pool.clock.now());
    }
  }

  /** Gives the twins of a key the health that it has now. */
  share({ key, bucket }: HealthTarget, reason: string, isFromStore: boolean): void {
    for (const twin of this.of(key)) {
      const health = bucket === undefined ? key.health : key.bucket(bucket);
      const target = bucket === undefined ? { key: twin.key } : { key: twin.key, bucket };
      twin.pool.health.mirror(target, health.view, this.#shiftTo(twin.pool, 1), reason, isFromStore);
    }
  }

  close(): void {
    this.#all.delete(this.#ref);
    dropped.unregister(this);
    revision++;
  }

  /** How far the clock of another pool is ahead of this one, in ms; with -1 how far it is behind. */
  #shiftTo({ clock }: TwinPool, direction: 1 | -1): number {
    return Math.round(direction * (clock.now() - this.#pool.clock.now()));
  }

  #find(key: PooledKey): readonly WeakRef<TwinPool>[] {
    const { origin, runtime } = this.#pool;
    return [...this.#all].filter((ref) => {
      const other = ref.deref();
      if (!other || other.origin.pool === origin.pool) return false;
      // A test with a clock of its own does not see another.
      return other.runtime.ownerOfClock === runtime.ownerOfClock && keyIn(other, key.reveal()).length > 0;
    });
  }
}

function keyIn(pool: TwinPool | undefined, secret: string): readonly Twin[] {
  const key = pool?.list.findKnown(secret);
  return pool && key ? [{ pool, key }] : none;
}

/** The keys of all pools of the provider with this secret. */
export function findInPools(provider: string, secret: string): readonly Twin[] {
  if (!redactor.isKey(secret)) return none;
  return [...(poolsOf.get(provider) ?? [])].flatMap((ref) => keyIn(ref.deref(), secret));
}

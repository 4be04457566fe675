import { redactor } from '../base/redaction.ts';
import type { FullRuntime } from '../base/runtime.ts';
import type { EventOrigin } from '../events/events.ts';
import type { PoolTraffic } from '../limits/pool-traffic.ts';
import type { Cause } from '../state/cause.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import { healthOf, targetOf, type HealthTarget } from '../state/pool-health.ts';
import type { Learner } from './observe-response.ts';

/** The part of a pool that its twins use. */
export interface TwinPool extends Learner {
  readonly origin: EventOrigin;
  readonly runtime: FullRuntime;
  readonly traffic: PoolTraffic;
  readonly usage: PoolUsage;
  readonly waiting: { wake(): void };
  readonly list: { findKnown(secret: string): PooledKey | undefined };
}

/** The same key in another pool of this process. */
export interface Twin {
  readonly key: PooledKey;
  readonly pool: TwinPool;
}

const none: readonly Twin[] = [];
const slot = Symbol.for('@api-key-fallback/core/twins@1');

/** The pools of one provider. */
interface Pools {
  readonly open: Set<WeakRef<TwinPool>>;
  /** Those that are closed or replaced: calls can still run on them. */
  readonly ended: Set<WeakRef<TwinPool>>;
}

interface Process {
  /** By provider. */
  readonly pools: Map<string, Pools>;
  /** Rises when a pool has other keys than before. */
  revision: number;
}

/** The pools of this process, shared by all copies of this package in it. */
const known: Process = ((globalThis as { [slot]?: Process })[slot] ??= { pools: new Map(), revision: 0 });

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
  readonly #pools: Pools;
  /** The pools of another name, as of the revision. */
  #others: readonly WeakRef<TwinPool>[] = [];
  /** Key → those of them that have it too. */
  readonly #byKey = new Map<PooledKey, readonly WeakRef<TwinPool>[]>();
  #revision = -1;
  #hasEnded = false;

  constructor(pool: TwinPool) {
    const { provider } = pool.origin;
    const pools = known.pools.get(provider) ?? { open: new Set(), ended: new Set() };
    const ref = new WeakRef(pool);
    known.pools.set(provider, pools);
    pools.open.add(ref);
    dropped.register(pool, () => void (pools.open.delete(ref), pools.ended.delete(ref)));
    this.#pool = pool;
    this.#ref = ref;
    this.#pools = pools;
  }

  /** Notes that the pool has other keys. Those that are new here start with what other pools know of them. */
  onKeys(added: readonly PooledKey[]): void {
    known.revision++;
    for (const key of added) {
      const [twin] = this.of(key);
      if (!twin) continue;
      this.#pool.health.takeOver(key, twin.key, this.#pool.clock.aheadOf(twin.pool.clock));
      key.takeOver(twin.key);
      this.#pool.traffic.share(key, twin.pool.traffic, twin.key, this.#pool.clock.now());
    }
  }

  /** The same key in pools of another name. */
  of(key: PooledKey): readonly Twin[] {
    if (this.#revision !== known.revision) this.#refresh();
    if (this.#others.length === 0 || this.#hasEnded) return none;
    const secret = key.reveal();
    const refs = this.#byKey.get(key) ?? this.#others.filter((ref) => keyIn(ref.deref(), secret).length > 0);
    this.#byKey.set(key, refs);
    return refs.length === 0 ? none : refs.flatMap((ref) => keyIn(ref.deref(), secret));
  }

  /** Lets the pools that have this key use what was learned of its limits. */
  onLearned(key: PooledKey): void {
    for (const { pool, key: twin } of this.of(key)) {
      pool.traffic.share(twin, this.#pool.traffic, key, pool.clock.now());
      twin.statusRevision++;
    }
  }

  /** Gives the twins of a key the health that it has now. */
  share(changed: HealthTarget, cause: Cause): void {
    for (const { pool, key } of this.of(changed.key)) {
      const aheadMs = pool.clock.aheadOf(this.#pool.clock);
      pool.health.mirror(targetOf(key, changed.bucket), healthOf(changed).view, aheadMs, cause);
    }
  }

  /** Lets the waiting calls of the pools that have this key try again. */
  wake(key: PooledKey): void {
    for (const { pool } of this.of(key)) pool.waiting.wake();
  }

  /** Forgets what was learned of a key. */
  forget(key: PooledKey): void {
    for (const { pool, key: twin } of this.of(key)) pool.traffic.forget(twin);
  }

  /** Ends the sharing: the pool is closed, or another one has taken its place. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#pools.open.delete(this.#ref);
    this.#pools.ended.add(this.#ref);
    known.revision++;
  }

  #refresh(): void {
    const { origin, runtime } = this.#pool;
    this.#revision = known.revision;
    this.#byKey.clear();
    this.#others = [...this.#pools.open].filter((ref) => {
      const other = ref.deref();
      // A test with a clock of its own does not see another.
      return other && other.origin.pool !== origin.pool && other.runtime.ownerOfClock === runtime.ownerOfClock;
    });
  }
}

function keyIn(pool: TwinPool | undefined, secret: string): readonly Twin[] {
  const key = pool?.list.findKnown(secret);
  return pool && key ? [{ pool, key }] : none;
}

/** The keys of all pools of the provider with this secret, also of those that are closed. */
export function findInPools(provider: string, secret: string): readonly Twin[] {
  if (!redactor.isKey(secret)) return none;
  const { open, ended } = known.pools.get(provider) ?? { open: [], ended: [] };
  return [...open, ...ended].flatMap((ref) => keyIn(ref.deref(), secret));
}

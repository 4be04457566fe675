import type { CallPlan } from './call-plan.ts';
import type { Failure } from './failed-attempts.ts';
import type { KeyPool } from './key-pool.ts';
import type { PooledKey } from './pooled-key.ts';
import { timeLimitsOf, type TimeLimits } from './time-limits.ts';

/** One call: what its attempts have in common, and its way over the keys, each at most once, whatever other calls do. */
export class RunningCall {
  readonly plan: CallPlan;
  readonly failures: Failure[] = [];
  readonly limits: TimeLimits | undefined;
  #current: PooledKey | undefined;
  #used: Set<PooledKey> | undefined;
  #endProbe: (() => void) | undefined;
  #waitedMs = 0;
  #id: string | undefined;

  constructor(plan: CallPlan, current?: PooledKey) {
    this.plan = plan;
    this.#current = current;
    this.limits = timeLimitsOf(plan.settings, plan.pool.environment);
  }

  get id(): string {
    return (this.#id ??= crypto.randomUUID());
  }

  /** Gives the current key up and takes the best one that is left; `undefined` when none is. */
  nextKey(): PooledKey | undefined {
    const { pool, bucket } = this.plan;
    const previous = this.#current;
    if (previous) this.end();
    const key = pool.peek(bucket, this.#withCurrent());
    if (!key) return undefined;
    if (previous) tellFallOver(pool, previous, key);
    pool.took(key);
    this.#current = key;
    if (!key.isClear(bucket)) this.#endProbe = key.startProbe(bucket, pool.clock.now());
    return key;
  }

  /** Whether another key is left for a call that gives the current one up. */
  hasNextKey(): boolean {
    const { pool, bucket } = this.plan;
    return pool.peek(bucket, this.#withCurrent()) !== undefined;
  }

  /** Sleeps until the first key is back and begins anew, if the call may wait that long; else `undefined`. */
  async waitForKey(): Promise<PooledKey | undefined> {
    const { limits } = this;
    const { pool, settings, bucket } = this.plan;
    if (settings.onExhausted === 'fail') return undefined;
    const waitMs = pool.soonestRecoveryMs(bucket);
    if (waitMs === undefined || this.#waitedMs + waitMs > settings.maxWait) return undefined;
    if (limits && waitMs >= limits.remainingMs()) return undefined;
    this.#waitedMs += waitMs;
    await pool.environment.sleep(waitMs, settings.signal);
    this.#current = undefined;
    this.#used = undefined;
    return this.nextKey() ?? this.waitForKey();
  }

  /** The keys that the call has used, the current one among them. */
  #withCurrent(): ReadonlySet<PooledKey> | undefined {
    if (this.#current) (this.#used ??= new Set()).add(this.#current);
    return this.#used;
  }

  /** Frees the key for other calls' probes. */
  end(): void {
    this.#endProbe?.();
    this.#endProbe = undefined;
  }
}

function tellFallOver({ events, provider }: KeyPool, { name }: PooledKey, { name: next }: PooledKey): void {
  events.tell('call.fell-over', () => ({ provider, key: name, next }));
}

import type { PooledKey } from '../state/pooled-key.ts';
import type { CallPlan } from './call-plan.ts';
import { allKeysFailed } from './exhaustion-errors.ts';
import type { Failure } from './failed-attempts.ts';
import { callTimeoutsOf, type CallTimeouts } from './timeouts.ts';

/** One call: what its attempts have in common, and its way over the keys, each at most once, whatever other calls do. */
export class RunningCall {
  readonly plan: CallPlan;
  readonly failures: Failure[] = [];
  readonly timeouts: CallTimeouts | undefined;
  readonly #used = new Set<PooledKey>();
  #current: PooledKey | undefined;
  #attemptsOnCurrent = 0;
  #endProbe: (() => void) | undefined;
  #waitedMs = 0;
  #id: string | undefined;

  constructor(plan: CallPlan) {
    this.plan = plan;
    this.timeouts = callTimeoutsOf(plan.settings, plan.pool.runtime);
  }

  /** The same for all attempts. */
  get id(): string {
    return (this.#id ??= crypto.randomUUID());
  }

  /** Gives the current key up and takes the best one that is left; `undefined` when none is. Throws the abort's reason. */
  nextKey(): PooledKey | undefined {
    const { pool, bucket, settings } = this.plan;
    const { provider, events } = pool;
    settings.signal?.throwIfAborted();
    this.end();
    const previous = this.#current;
    const key = pool.select(bucket, this.#used);
    if (!key) return undefined;
    if (previous) events.emit('call.fell-over', () => ({ provider, key: previous.ref, next: key.ref }));
    pool.onSelected(key);
    this.#used.add(key);
    this.#current = key;
    this.#attemptsOnCurrent = 0;
    if (!key.isClear(bucket)) this.#endProbe = key.startProbe(bucket, pool.clock.now());
    return key;
  }

  /** Whether another key is left for a call that gives the current one up. */
  hasNextKey(): boolean {
    const { pool, bucket } = this.plan;
    return pool.select(bucket, this.#used) !== undefined;
  }

  /** Sleeps until the first key is available and starts over with all keys. Throws when the call may not wait that long. */
  async waitForKey(): Promise<PooledKey> {
    const { timeouts } = this;
    const { pool, settings, bucket } = this.plan;
    const waitMs = settings.onExhausted === 'wait' ? pool.soonestRecoveryMs(bucket) : undefined;
    const isTooLong = waitMs === undefined || this.#waitedMs + waitMs > settings.maxWait;
    if (isTooLong || (timeouts && waitMs >= timeouts.remainingMs())) throw allKeysFailed(this);
    this.#waitedMs += waitMs;
    await pool.runtime.sleep(waitMs, settings.signal);
    this.#used.clear();
    this.#current = undefined;
    return this.nextKey() ?? this.waitForKey();
  }

  /** Counts one more attempt on the current key. Returns its number, from 1. */
  countAttempt(): number {
    return ++this.#attemptsOnCurrent;
  }

  /** Lets other calls probe the key. */
  end(): void {
    this.#endProbe?.();
    this.#endProbe = undefined;
  }
}

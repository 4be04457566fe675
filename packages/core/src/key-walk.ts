import type { KeyPool } from './key-pool.ts';
import type { PooledKey } from './pooled-key.ts';
import type { RunningCall } from './running-attempt.ts';

/** One call's way over the keys: each key at most once, whatever other calls do meanwhile. */
export class KeyWalk {
  readonly #pool: KeyPool;
  readonly #bucket: string;
  #current: PooledKey | undefined;
  #used: Set<PooledKey> | undefined;
  #endProbe: (() => void) | undefined;
  #waitedMs = 0;

  constructor(pool: KeyPool, bucket: string) {
    this.#pool = pool;
    this.#bucket = bucket;
  }

  /** Gives the current key up and takes the best one that is left; `undefined` when none is. */
  next(): PooledKey | undefined {
    const previous = this.#current;
    this.end();
    if (previous) (this.#used ??= new Set()).add(previous);
    const now = this.#pool.clock.now();
    const key = this.#pool.take(this.#bucket, this.#used, now);
    if (!key) return undefined;
    const { events, provider } = this.#pool;
    if (previous) events.tell('call.fell-over', () => ({ provider, key: previous.name, next: key.name }));
    events.tell('key.selected', () => ({ provider, key: key.name }));
    this.#current = key;
    this.#endProbe = key.startProbe(this.#bucket, now);
    return key;
  }

  /** Whether another key is left for this call. */
  hasNext(): boolean {
    const used = new Set(this.#used);
    if (this.#current) used.add(this.#current);
    return this.#pool.peek(this.#bucket, used) !== undefined;
  }

  /** Sleeps until the first key is back and begins anew, if the call may wait that long; else `undefined`. */
  async wait({ settings, limits }: Pick<RunningCall, 'settings' | 'limits'>): Promise<PooledKey | undefined> {
    if (settings.onExhausted === 'fail') return undefined;
    const waitMs = this.#pool.soonestRecoveryMs(this.#bucket);
    if (waitMs === undefined || this.#waitedMs + waitMs > settings.maxWait) return undefined;
    if (limits && waitMs >= limits.remainingMs()) return undefined;
    this.#waitedMs += waitMs;
    await this.#pool.environment.sleep(waitMs, settings.signal);
    this.#current = undefined;
    this.#used = undefined;
    return this.next() ?? this.wait({ settings, limits });
  }

  /** Frees the key for other calls' probes. */
  end(): void {
    this.#endProbe?.();
    this.#endProbe = undefined;
  }
}

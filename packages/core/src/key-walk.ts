import type { KeyPool } from './key-pool.ts';
import type { Probe } from './key-health.ts';
import type { PooledKey } from './pooled-key.ts';

/** One call's way over the keys: each key at most once, whatever other calls do meanwhile. */
export class KeyWalk {
  readonly #pool: KeyPool;
  #current: PooledKey | undefined;
  #used: Set<PooledKey> | undefined;
  #probe: Probe | undefined;

  constructor(pool: KeyPool) {
    this.#pool = pool;
  }

  /** Gives the current key up and takes the best one that is left; `undefined` when none is. */
  next(): PooledKey | undefined {
    const previous = this.#current;
    this.end();
    if (previous) (this.#used ??= new Set()).add(previous);
    const key = this.#pool.take(this.#used);
    if (!key) return undefined;
    const { events, provider } = this.#pool;
    if (previous) events.tell('call.fell-over', () => ({ provider, key: previous.name, next: key.name }));
    events.tell('key.selected', () => ({ provider, key: key.name }));
    this.#current = key;
    this.#probe = key.health.startProbe(this.#pool.environment.now());
    return key;
  }

  /** Frees the key for other calls' probes. */
  end(): void {
    if (this.#probe) this.#current?.health.endProbe(this.#probe);
    this.#probe = undefined;
  }
}

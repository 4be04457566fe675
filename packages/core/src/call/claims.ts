import type { KeyPool } from '../pool/key-pool.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** What a call does for others, which wait for the outcome: the probe of a key that recovers, and a scout. */
export class Claims {
  readonly #pool: KeyPool;
  #releaseProbe: (() => void) | undefined;
  #scouted: PooledKey | undefined;

  constructor(pool: KeyPool) {
    this.#pool = pool;
  }

  /** Reserves the probe of a key that is not clear. `false` if another call holds it. */
  probe(key: PooledKey, bucket: string): boolean {
    if (this.#releaseProbe) return true;
    const now = this.#pool.clock.now();
    const isGuess = key.isOutByGuess(bucket, now);
    this.#releaseProbe = isGuess ? key.health.permit.take(now) : key.startProbe(bucket, now);
    return this.#releaseProbe !== undefined || key.state(bucket, now) !== 'recovering';
  }

  /** Releases the probe, so that another call can take it. */
  endProbe(): void {
    if (!this.#releaseProbe) return;
    this.#releaseProbe();
    this.#releaseProbe = undefined;
    this.#pool.waiting.wake();
  }

  /** Makes the next attempt on this key a scout. */
  scout(key: PooledKey): void {
    this.#scouted = key;
    this.#pool.traffic.of(key).scouts++;
  }

  /** Ends the wait of other calls for the scout. */
  endScouting(): void {
    const key = this.#scouted;
    if (!key) return;
    this.#pool.traffic.of(key).scouts--;
    this.#scouted = undefined;
    this.#pool.wake(key);
  }
}

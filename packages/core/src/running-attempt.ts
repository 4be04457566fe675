import type { Attempt } from './attempt.ts';
import { freshView, type HealthView, type KeyHealth } from './key-health.ts';
import type { KeyPool } from './key-pool.ts';
import type { PooledKey } from './pooled-key.ts';

/** What all attempts of a call have in common. */
export interface RunningCall {
  readonly pool: KeyPool;
  readonly bucket: string;
  readonly signal: AbortSignal | undefined;
  readonly outer: Attempt | undefined;
}

/** An attempt as the loop keeps it: what the method may see, and the views of the key's health it started from. */
export class RunningAttempt implements Attempt {
  readonly provider: string;
  readonly number: number;
  readonly key: PooledKey;
  readonly bucket: string;
  readonly outer: Attempt | undefined;
  // Private, so that printing an attempt prints neither the key nor a client that holds it.
  readonly #injected: unknown;
  readonly #pool: KeyPool;
  readonly #startedFrom: HealthView;
  readonly #bucketStartedFrom: HealthView;
  #signal: AbortSignal | undefined;

  constructor(call: RunningCall, key: PooledKey, number: number, injected: unknown) {
    this.provider = call.pool.provider;
    this.bucket = call.bucket;
    this.key = key;
    this.number = number;
    this.outer = call.outer;
    this.#pool = call.pool;
    this.#startedFrom = key.health.view;
    this.#bucketStartedFrom = key.buckets.get(call.bucket)?.view ?? freshView;
    this.#injected = injected;
    this.#signal = call.signal;
  }

  /** The view of this health record that the attempt started from. */
  startedFrom(health: KeyHealth): HealthView {
    return health === this.key.health ? this.#startedFrom : this.#bucketStartedFrom;
  }

  observe(response: unknown): void {
    this.#pool.observe(this.key, response);
  }

  get keyId(): string {
    return this.key.name.keyId;
  }

  get apiKey(): string {
    return this.key.secret;
  }

  get injected(): unknown {
    return this.#injected;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }
}

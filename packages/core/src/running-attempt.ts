import type { Attempt } from './attempt.ts';
import type { HealthView, KeyHealth } from './key-health.ts';
import type { PooledKey } from './pooled-key.ts';
import type { RunningCall } from './running-call.ts';
import type { AttemptLimits } from './time-limits.ts';

/** An attempt as the loop keeps it: what the method may see, and the views of the key's health it started from. */
export class RunningAttempt implements Attempt {
  readonly provider: string;
  readonly number: number;
  /** How often keys had recovered or been reset when it started. */
  readonly lives: number;
  hasEnded = false;
  /** The limits of this attempt, where the call sets some. */
  readonly limits: AttemptLimits | undefined;
  readonly #startedFrom: HealthView;
  readonly #bucketStartedFrom: HealthView;
  // Private, so that printing an attempt prints no key, no client that holds one, and no error as it was thrown.
  readonly #call: RunningCall;
  readonly #key: PooledKey;
  readonly #injected: unknown;
  #signal: AbortSignal | undefined;

  constructor(call: RunningCall, key: PooledKey, number: number, injected: unknown) {
    this.#call = call;
    this.#key = key;
    this.provider = call.pool.provider;
    this.number = number;
    this.lives = call.pool.health.lives;
    this.#startedFrom = key.health.view;
    this.#bucketStartedFrom = key.viewOf(call.bucket);
    this.#injected = injected;
    this.limits = call.limits?.startAttempt();
    this.#signal = this.limits?.signal ?? call.settings.signal;
  }

  get call(): RunningCall {
    return this.#call;
  }

  get key(): PooledKey {
    return this.#key;
  }

  get outer(): Attempt | undefined {
    return this.call.outer;
  }

  get keyId(): string {
    return this.key.name.keyId;
  }

  get apiKey(): string {
    return this.key.reveal();
  }

  get injected(): unknown {
    return this.#injected;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }

  observe(response: unknown): void {
    const { pool, settings } = this.call;
    pool.observe(this.key, response, settings.operation);
  }

  /** The view of this health record that the attempt started from. */
  startedFrom(health: KeyHealth): HealthView {
    return health === this.key.health ? this.#startedFrom : this.#bucketStartedFrom;
  }

  get callId(): string {
    return this.#call.id;
  }

  end(): void {
    this.limits?.end();
    this.hasEnded = true;
    this.key.usage.inUse--;
  }
}

import { findAttempt, type Attempt } from './attempt.ts';
import type { CallPlan } from './call-plan.ts';
import { healthChanges } from './key-health.ts';
import type { PooledKey } from './pooled-key.ts';
import { RunningCall } from './running-call.ts';
import type { AttemptLimits } from './time-limits.ts';

/** An attempt as the loop keeps it: what the method may see, and when it started. */
export class RunningAttempt implements Attempt {
  readonly provider: string;
  readonly number: number;
  hasEnded = false;
  /** The limits of this attempt, where the call sets some. */
  readonly limits: AttemptLimits | undefined;
  // Private, so that printing an attempt prints no key, no client that holds one, and no error as it was thrown.
  readonly #outer: Attempt | undefined = findAttempt();
  readonly #startedAfter: number = healthChanges();
  readonly #plan: CallPlan;
  readonly #key: PooledKey;
  readonly #injected: unknown;
  #call: RunningCall | undefined;
  #signal: AbortSignal | undefined;

  constructor(plan: CallPlan, key: PooledKey, injected: unknown, number: number, call: RunningCall | undefined) {
    this.provider = plan.pool.provider;
    this.#plan = plan;
    this.#call = call;
    this.#key = key;
    this.number = number;
    this.#injected = injected;
    this.limits = call?.limits?.startAttempt();
  }

  /** After which change of health it started: evidence is weighed against what has changed since. */
  get startedAfter(): number {
    return this.#startedAfter;
  }

  get outer(): Attempt | undefined {
    return this.#outer;
  }

  get plan(): CallPlan {
    return this.#plan;
  }

  /** What the attempts of the call have in common; most calls end with their first one and never need it. */
  get call(): RunningCall {
    return (this.#call ??= new RunningCall(this.#plan, this.#key));
  }

  /** Whether nothing has failed in this call before. */
  get isFirst(): boolean {
    return this.#call === undefined || this.#call.failures.length === 0;
  }

  get key(): PooledKey {
    return this.#key;
  }

  get keyId(): string {
    return this.#key.name.keyId;
  }

  get apiKey(): string {
    return this.#key.reveal();
  }

  get injected(): unknown {
    return this.#injected;
  }

  get callId(): string {
    return this.call.id;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.limits?.signal ?? this.#plan.settings.signal ?? new AbortController().signal);
  }

  observe(response: unknown): void {
    const { pool, settings } = this.#plan;
    pool.observe(this.#key, response, settings.operation);
  }

  /** Frees the key for other calls' probes. */
  endCall(): void {
    this.#call?.end();
  }

  end(): void {
    this.limits?.end();
    this.hasEnded = true;
    this.#key.usage.inUse--;
  }
}

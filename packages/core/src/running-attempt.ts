import type { Attempt } from './attempt.ts';
import type { HealthView } from './key-health.ts';
import type { PooledKey } from './pooled-key.ts';

/** An attempt as the loop keeps it: what the method may see, and the view of the key's health it started from. */
export class RunningAttempt implements Attempt {
  readonly provider: string;
  readonly number: number;
  readonly key: PooledKey;
  readonly startedFrom: HealthView;
  readonly outer: Attempt | undefined;
  // Private, so that printing an attempt prints neither the key nor a client that holds it.
  readonly #injected: unknown;
  #signal: AbortSignal | undefined;

  constructor(
    provider: string,
    key: PooledKey,
    number: number,
    injected: unknown,
    signal: AbortSignal | undefined,
    outer: Attempt | undefined,
  ) {
    this.provider = provider;
    this.key = key;
    this.number = number;
    this.startedFrom = key.health.view;
    this.outer = outer;
    this.#injected = injected;
    this.#signal = signal;
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

import { findAttempt, type Attempt } from '../base/attempt.ts';
import { printAs } from '../base/errors.ts';
import { checkUsage, type TokenUsage } from '../base/token-usage.ts';
import type { EventOrigin } from '../events/events.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolSlot } from '../pool/pool-of.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { homeOf } from './pools-of-call.ts';
import type { RunningCall } from './running-call.ts';

/** The attempt behind a view. */
interface ViewedAttempt extends Pick<Attempt, 'attemptNumber' | 'injected' | 'signal' | 'hasEnded' | 'observe'> {
  readonly call: RunningCall;
  readonly key: PooledKey;
  spend(usage: TokenUsage): void;
}

/** An attempt as methods see it. */
export function viewOf(attempt: ViewedAttempt): Attempt {
  return new AttemptView(attempt);
}

/** Frozen, and printing it shows no key. */
class AttemptView implements Attempt {
  readonly provider: string;
  readonly pool: string;
  readonly keyId: string;
  readonly attemptNumber: number;
  readonly #attempt: ViewedAttempt;
  readonly #outer: Attempt | undefined = findAttempt();

  constructor(attempt: ViewedAttempt) {
    this.#attempt = attempt;
    const { origin } = attempt.call.plan.pool;
    this.provider = origin.provider;
    this.pool = origin.pool;
    this.keyId = attempt.key.ref.keyId;
    this.attemptNumber = attempt.attemptNumber;
    Object.freeze(this);
  }

  get [poolSlot](): KeyPool {
    return this.#attempt.call.plan.pool;
  }

  get home(): EventOrigin {
    return homeOf(this.#attempt.call);
  }

  get apiKey(): string {
    return this.#attempt.key.reveal();
  }

  get injected(): unknown {
    return this.#attempt.injected;
  }

  get callId(): string {
    return this.#attempt.call.id;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get hasEnded(): boolean {
    return this.#attempt.hasEnded;
  }

  get outer(): Attempt | undefined {
    return this.#outer;
  }

  observe<R>(response: R): R {
    return this.#attempt.observe(response);
  }

  spent(usage: TokenUsage): void {
    checkUsage(usage);
    this.#attempt.spend(usage);
  }

  toJSON(): object {
    const { provider, pool, home, keyId, attemptNumber, callId, hasEnded } = this;
    return { provider, pool, home, keyId, attemptNumber, callId, hasEnded };
  }
}

printAs(AttemptView, (attempt, print) => `Attempt ${print(attempt.toJSON())}`);

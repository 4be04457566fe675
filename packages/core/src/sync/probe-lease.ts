import type { ProbeGate } from '../state/probe-permit.ts';
import type { Lease } from '../stores/key-state-store.ts';

const askAgainMs = 1000;

/** What a probe lease needs of the replica that it belongs to. */
export interface LeaseSource {
  readonly isAway: boolean;
  /** Asks the store for the lease; rejects when the store is away. */
  lease(name: string): Promise<Lease | null>;
  /** Resolves when the store and this process know the same, or the store is away. */
  sync(): Promise<void>;
}

/**
 * Lets one process at a time try a recovering key.
 *
 * No call waits for it: the lease is asked for in the background, and until it is here calls prefer other keys. A process
 * that cannot reach the store tries on its own.
 */
export class ProbeLease implements ProbeGate {
  readonly #source: LeaseSource;
  readonly #name: string;
  #state: 'none' | 'asked' | 'held' = 'none';
  #askAgainAtMs = 0;
  #lease: Lease | null = null;

  constructor(source: LeaseSource, name: string) {
    this.#source = source;
    this.#name = name;
  }

  isOpen(now: number): boolean {
    if (this.#state === 'none' && this.#source.isAway) return true;
    if (this.#state === 'none' && now >= this.#askAgainAtMs) {
      this.#state = 'asked';
      this.#askAgainAtMs = now + askAgainMs;
      // In a turn of its own: a call is not to pay for what a store does first.
      setImmediate(() => void this.#ask());
    }
    return this.#state === 'held';
  }

  /** Lets another process have it, when this one shares nothing any more. */
  async giveUp(): Promise<void> {
    await this.#letGo()
      ?.release()
      .catch(() => {});
  }

  end(): void {
    const lease = this.#letGo();
    this.#state = 'none';
    // Whoever gets it next has to know what this probe has found.
    if (lease)
      void this.#source
        .sync()
        .then(() => lease.release())
        .catch(() => {});
  }

  #letGo(): Lease | null {
    const lease = this.#lease;
    this.#lease = null;
    return lease;
  }

  async #ask(): Promise<void> {
    try {
      this.#lease = await this.#source.lease(this.#name);
      if (this.#lease === null) {
        this.#state = 'none';
        return;
      }
    } catch {
      // The store is away, which its next sync will tell: this process tries on its own.
    }
    // The last holder may have found out what is not known here yet.
    await this.#source.sync();
    // Kept until a call uses it, however late: that call then tries without one, if the store has let it expire.
    this.#state = 'held';
  }
}

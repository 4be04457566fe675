import type { ProbeGate } from '../state/probe-permit.ts';
import type { Lease } from '../stores/key-state-store.ts';

const requestIntervalMs = 1000;

/** What a probe lease needs from its replica. */
export interface LeaseSource {
  /** Whether the store may be asked. A process that may not probes without a lease. */
  readonly isInReach: boolean;
  /** Requests the lease from the store. Rejects when the store is away. */
  lease(name: string): Promise<Lease | null>;
  /** Resolves when the store and this process are in step, or when the store is away. */
  sync(): Promise<void>;
  /** Keeps nothing more of a lease and of the record with its name. */
  forget(lease: ProbeLease, name: string): void;
}

/**
 * Lets one process at a time probe a recovering key.
 *
 * No call waits for the lease. The process requests it in the background, and calls prefer other keys until it has the
 * lease. A process that cannot reach the store probes the key without one.
 */
export class ProbeLease implements ProbeGate {
  readonly #source: LeaseSource;
  readonly #name: string;
  #state: 'none' | 'requested' | 'held' = 'none';
  #nextRequestMs = 0;
  #lease: Lease | null = null;
  #request: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  constructor(source: LeaseSource, name: string) {
    this.#source = source;
    this.#name = name;
  }

  isOpen(now: number): boolean {
    if (this.#state === 'none' && !this.#source.isInReach) return true;
    if (this.#state === 'none' && now >= this.#nextRequestMs) {
      this.#state = 'requested';
      this.#nextRequestMs = now + requestIntervalMs;
      // Not in the turn of the call, which must not pay for the synchronous part of a store's work.
      this.#request = new Promise((resolve) => {
        setImmediate(() => resolve(this.#take()));
      });
    }
    return this.#state === 'held';
  }

  get isRequested(): boolean {
    return this.#state === 'requested';
  }

  forget(): void {
    this.end();
    this.#source.forget(this, this.#name);
  }

  /** Releases the lease, also one that the store is about to grant, for a process that stops sharing. */
  async release(): Promise<void> {
    await this.#request;
    await this.#takeLease()?.release();
    await this.#ending;
  }

  end(): void {
    const lease = this.#takeLease();
    this.#state = 'none';
    // The next holder must see the result of this probe.
    if (lease)
      this.#ending = this.#source
        .sync()
        .then(() => lease.release())
        .catch(() => {});
  }

  #takeLease(): Lease | null {
    const lease = this.#lease;
    this.#lease = null;
    return lease;
  }

  async #take(): Promise<void> {
    try {
      this.#lease = await this.#source.lease(this.#name);
      if (this.#lease === null) {
        this.#state = 'none';
        return;
      }
    } catch {
      // The store is away, so this process probes without a lease. The next sync reports the outage.
    }
    // The last holder may have written a result that this process has not read yet.
    await this.#source.sync();
    // Kept until a call uses it. If the lease has expired by then, that call probes without one.
    this.#state = 'held';
  }
}

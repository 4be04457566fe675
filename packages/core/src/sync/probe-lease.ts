import type { ProbeGate } from '../state/probe-permit.ts';
import type { Lease } from '../stores/key-state-store.ts';

const firstPauseMs = 1000;
const longestPauseMs = 10_000;

/** What a probe lease needs from its replica. */
export interface LeaseSource {
  /** Whether the store may be asked. If not, the process probes without a lease. */
  readonly isInReach: boolean;
  /** Requests the lease from the store. Rejects when the store is away. */
  lease(name: string): Promise<Lease | null>;
  /** Resolves when the store and this process are in step, or when the store is away. */
  sync(): Promise<void>;
  /** Drops the record with this name. */
  forget(name: string): void;
}

/** The places for the leases of a pool that are requested or held at once. */
export interface LeasePlaces {
  /** Starts the lease when it has a place, at once if one is free. */
  enter(lease: ProbeLease, now: number): void;
  /** Frees the place of a lease that another process has, after a second. */
  deny(lease: ProbeLease): void;
  /** Frees the place of a lease that has ended. */
  leave(lease: ProbeLease): void;
  /** Drops the lease. */
  forget(lease: ProbeLease): void;
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
  readonly #places: LeasePlaces;
  readonly #random: () => number;
  #state: 'none' | 'requested' | 'held' = 'none';
  #requestedAtMs = -Infinity;
  #pauseMs = firstPauseMs;
  /** How often in a row another process had the lease. */
  #denials = 0;
  #lease: Lease | null = null;
  /** The last request; an answer to an earlier one is released. */
  #current: object | undefined;
  #request: Promise<unknown> | undefined;
  #ending: Promise<void> | undefined;

  constructor(source: LeaseSource, name: string, places: LeasePlaces, random: () => number) {
    this.#source = source;
    this.#name = name;
    this.#places = places;
    this.#random = random;
  }

  isOpen(now: number): boolean {
    if (this.#state !== 'none') return this.#state === 'held';
    if (!this.#source.isInReach) return true;
    if (!this.#isPausing(now)) this.#places.enter(this, now);
    return false;
  }

  /** Requests the lease in the background. Returns `false` if that is too soon after the last time. */
  start(now: number): boolean {
    if (this.#isPausing(now)) return false;
    this.#state = 'requested';
    this.#requestedAtMs = now;
    // Not in the turn of the call, which must not pay for the synchronous part of a store's work.
    const current = (this.#current = {});
    const request = new Promise<void>((resolve) => {
      setImmediate(() => resolve(this.#take(current)));
    });
    this.#request = Promise.all([this.#request, request]);
    return true;
  }

  #isPausing(now: number): boolean {
    return now < this.#requestedAtMs + this.#pauseMs;
  }

  get isRequested(): boolean {
    return this.#state === 'requested';
  }

  forget(): void {
    this.end();
    this.#places.forget(this);
    this.#source.forget(this.#name);
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
    this.#current = undefined;
    this.#denials = 0;
    this.#pauseMs = firstPauseMs;
    this.#places.leave(this);
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

  async #take(current: object): Promise<void> {
    try {
      const lease = await this.#source.lease(this.#name);
      if (current !== this.#current) return await lease?.release();
      if (lease === null) return this.#deny();
      this.#lease = lease;
    } catch {
      // The store is away, so this process probes without a lease. The next sync reports the outage.
    }
    // The last holder may have written a result that this process has not read yet.
    await this.#source.sync();
    // Kept until a call uses it. If the lease has expired by then, that call probes without one.
    if (current === this.#current) this.#state = 'held';
  }

  #deny(): void {
    this.#state = 'none';
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#denials++, longestPauseMs);
    this.#pauseMs = pauseMs * (0.5 + 0.5 * this.#random());
    this.#places.deny(this);
  }
}

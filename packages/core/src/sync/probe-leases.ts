import type { Runtime } from '../base/runtime.ts';
import { probeLeaseMs } from '../state/probe-permit.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { ProbeLease, type LeasePlaces, type LeaseSource } from './probe-lease.ts';

const mostAtOnce = 10;

/**
 * The probe leases of one pool.
 *
 * At most ten are requested or held at once, and one that another process has counts for a second: when a hundred quotas come back
 * at midnight, a thousand processes must not request a hundred leases each.
 */
export class ProbeLeases implements LeasePlaces {
  readonly #source: LeaseSource;
  readonly #clock: SharedClock;
  readonly #random: () => number;
  readonly #all = new Set<ProbeLease>();
  /** Lease → until when it has a place, in ms since the epoch. */
  readonly #places = new Map<ProbeLease, number>();
  /** Leases that are needed but have no place. */
  readonly #line = new Set<ProbeLease>();

  constructor(source: LeaseSource, clock: SharedClock, { random }: Pick<Runtime, 'random'>) {
    this.#source = source;
    this.#clock = clock;
    this.#random = random;
  }

  /** Adds the lease for the record with this id. */
  add(name: string): ProbeLease {
    const lease = new ProbeLease(this.#source, name, this, this.#random);
    this.#all.add(lease);
    return lease;
  }

  enter(lease: ProbeLease, now: number): void {
    this.#line.add(lease);
    this.#advance(now);
  }

  keep(lease: ProbeLease, untilMs: number): void {
    if (this.#places.has(lease)) this.#places.set(lease, untilMs);
  }

  leave(lease: ProbeLease): void {
    this.#line.delete(lease);
    if (this.#places.delete(lease)) this.#advance(this.#clock.now());
  }

  forget(lease: ProbeLease): void {
    this.leave(lease);
    this.#all.delete(lease);
  }

  /** The functions that release the leases, for a process that stops sharing. */
  releases(): (() => Promise<void>)[] {
    return [...this.#all].map((lease) => () => lease.release());
  }

  #advance(now: number): void {
    if (this.#places.size >= mostAtOnce) {
      for (const [lease, untilMs] of this.#places) if (untilMs <= now) this.#places.delete(lease);
    }
    for (const lease of this.#line) {
      if (this.#places.size >= mostAtOnce) return;
      this.#line.delete(lease);
      if (lease.start(now)) this.#places.set(lease, now + probeLeaseMs);
    }
  }
}

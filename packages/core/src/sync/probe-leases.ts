import type { Runtime } from '../base/runtime.ts';
import { probeLeaseMs } from '../state/probe-permit.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { ProbeLease, type LeasePlaces, type LeaseSource } from './probe-lease.ts';

const mostAtOnce = 10;
const deniedMs = 1000;

/**
 * The probe leases of one pool.
 *
 * At most ten are requested or held at once, and one that another process has counts for a second: when a hundred quotas come back
 * at midnight, a thousand processes must not request a hundred leases each.
 */
export class ProbeLeases implements LeasePlaces {
  readonly #source: LeaseSource;
  readonly #clock: SharedClock;
  readonly #runtime: Runtime;
  readonly #all = new Set<ProbeLease>();
  /** Lease → until when it has a place, in ms since the epoch. */
  readonly #places = new Map<ProbeLease, number>();
  /** Leases that are needed but have no place. */
  readonly #waiting = new Set<ProbeLease>();
  #deniedAtMs = -Infinity;
  #cancelTimer: (() => void) | undefined;

  constructor(source: LeaseSource, clock: SharedClock, runtime: Runtime) {
    this.#source = source;
    this.#clock = clock;
    this.#runtime = runtime;
  }

  /** Adds the lease for the record with this id. */
  add(name: string): ProbeLease {
    const lease = new ProbeLease(this.#source, name, this, () => this.#runtime.random());
    this.#all.add(lease);
    return lease;
  }

  enter(lease: ProbeLease, now: number): void {
    this.#waiting.add(lease);
    this.#advance(now);
  }

  deny(lease: ProbeLease): void {
    this.#deniedAtMs = this.#clock.now();
    if (this.#places.has(lease)) this.#places.set(lease, this.#deniedAtMs + deniedMs);
    this.#cancelTimer ??= this.#runtime.timer(deniedMs, () => this.#onTimer(), true);
  }

  leave(lease: ProbeLease): void {
    this.#waiting.delete(lease);
    if (this.#places.delete(lease)) this.#advance(this.#clock.now());
  }

  forget(lease: ProbeLease): void {
    this.leave(lease);
    this.#all.delete(lease);
  }

  /** Requests no more leases. Returns the functions that release the others. */
  close(): (() => Promise<void>)[] {
    this.#cancelTimer?.();
    this.#waiting.clear();
    return [...this.#all].map((lease) => () => lease.release());
  }

  #onTimer(): void {
    this.#cancelTimer = undefined;
    this.#advance(this.#clock.now());
  }

  #advance(now: number): void {
    if (!this.#source.isInReach) return;
    for (const [lease, untilMs] of this.#places) if (untilMs <= now) this.#places.delete(lease);
    while (this.#places.size < mostAtOnce && this.#waiting.size > 0) {
      const lease = this.#nextWaiting(now);
      this.#waiting.delete(lease);
      if (lease.start(now)) this.#places.set(lease, now + probeLeaseMs);
    }
  }

  // While other processes probe the same keys, a random one: in the same order, all would request the same ten.
  #nextWaiting(now: number): ProbeLease {
    const all = [...this.#waiting];
    const isAlone = now - this.#deniedAtMs > probeLeaseMs;
    const index = isAlone ? 0 : Math.min(Math.floor(this.#runtime.random() * all.length), all.length - 1);
    return all[index] as ProbeLease;
  }
}

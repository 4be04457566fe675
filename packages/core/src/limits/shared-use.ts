import { BucketUse } from '../state/bucket-use.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { counted, type Totals } from '../state/usage-counts.ts';
import type { Use } from '../state/usage-window.ts';
import type { LimitTime } from './tally.ts';
import { measures } from './draw.ts';
import type { Meters } from './meters.ts';
import type { PoolMeters } from './pool-meters.ts';
import type { Sharing } from './allowance.ts';

/** A reading of what other processes have used is relied on for this time: they send and ask about once a second. */
const freshMs = 2000;

/** The store that processes share. */
export interface SharedStore {
  /** `undefined` without one. */
  readonly store: object | undefined;
  /** Asks within a second what other processes have used. */
  requestTotals(): void;
}

/** What shared limits need of their pool. */
interface SharingPool {
  readonly clock: SharedClock;
  readonly usage: PoolUsage;
  readonly waiting: { wake(): void };
  readonly shared: SharedStore;
}

/** Learns from the store what other processes have used of the limits. */
export class SharedUse {
  readonly #pool: SharingPool;
  readonly #meters: PoolMeters;
  readonly #time: () => LimitTime;
  /** The meters in which this process has counted something. While much is used, it keeps asking. */
  readonly #watched = new Set<Meters>();
  #hasEnded = false;
  #answers = 0;
  /** The time of the last answer, by the steady clock. */
  #answeredAtMs = -Infinity;

  constructor(pool: SharingPool, meters: PoolMeters, time: () => LimitTime) {
    this.#pool = pool;
    this.#meters = meters;
    this.#time = time;
  }

  /** Starts to share the usage of the last minute. */
  start(): void {
    this.#watched.clear();
    this.#pool.usage.shareRecent(
      (...more) => this.#onOthers(...more),
      () => this.#onAnswer(),
    );
  }

  /** Ends it: another manager of this process goes on with what was counted. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Whether no other process uses the store. */
  get isAlone(): boolean {
    return this.#pool.usage.processes === 1;
  }

  /** How the limits are shared; `now` is by the steady clock. */
  sharing(now: number): Sharing {
    const isStale = now - this.#answeredAtMs > freshMs;
    return { processes: this.#pool.usage.processes, answers: this.#answers, isStale };
  }

  /** Asks what the others have used, because something was counted in these meters. */
  watch(meters: readonly Meters[]): void {
    for (const watched of meters) this.#watched.add(watched);
    this.#pool.shared.requestTotals();
  }

  #onOthers(use: Use, more: Totals, atMs: number): void {
    if (this.#hasEnded) return;
    const { clock } = this.#pool;
    const { now } = this.#time();
    const affected =
      use instanceof BucketUse ? this.#meters.countsOfBucket(use) : this.#meters.countsOf(use as PooledKey, undefined);
    for (const counts of affected) {
      for (const measure of measures) {
        counts[measure].addOfOthers(more[counted[measure].index] ?? 0, clock.toSteady(atMs), now);
      }
    }
  }

  #onAnswer(): void {
    this.#answers++;
    const time = this.#time();
    this.#answeredAtMs = time.now;
    if (!this.isAlone) this.#pool.waiting.wake();
    for (const meters of this.#watched) if (!meters.isHalfUsed(time)) this.#watched.delete(meters);
    if (this.#watched.size > 0) this.#pool.shared.requestTotals();
  }
}

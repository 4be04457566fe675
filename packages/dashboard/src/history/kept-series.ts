import { PoolSeries } from './pool-series.ts';

const mostPools = 500;
/** A pool that was used within this time keeps its series. Otherwise more than 500 pools that take turns would lose theirs at every call. */
const idleAfterMs = 60_000;

interface Kept {
  readonly series: PoolSeries;
  usedAtMs: number;
}

/** The series of the pools that were used last. Other pools have none, so that thousands of pools take little memory. */
export class KeptSeries {
  /** Pool id → its series, the least recently used first. */
  readonly #kept = new Map<string, Kept>();

  find(poolId: string): PoolSeries | undefined {
    return this.#kept.get(poolId)?.series;
  }

  /** The series of a pool that is used now; `undefined` while too many others are in use. */
  use(poolId: string, nowMs: number): PoolSeries | undefined {
    const known = this.#kept.get(poolId);
    if (!known && !this.#makeRoom(nowMs)) return undefined;
    const kept = known ?? { series: new PoolSeries(nowMs), usedAtMs: nowMs };
    kept.usedAtMs = nowMs;
    this.#kept.delete(poolId);
    this.#kept.set(poolId, kept);
    return kept.series;
  }

  delete(poolId: string): void {
    this.#kept.delete(poolId);
  }

  #makeRoom(nowMs: number): boolean {
    if (this.#kept.size < mostPools) return true;
    const [oldest] = this.#kept;
    if (!oldest) return true;
    const [poolId, { usedAtMs }] = oldest;
    return nowMs - usedAtMs >= idleAfterMs && this.#kept.delete(poolId);
  }
}

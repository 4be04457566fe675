const slotMs = 10_000;
const longestWindowMs = 3_600_000;

interface Origin {
  readonly provider: string;
  readonly pool: string;
}

interface Slot {
  readonly startMs: number;
  count: number;
}

/** Counts the calls of each pool that fell over in the last hour, to within ten seconds. Times are by the steady clock. */
export class FailoverCounts {
  /** Provider → pool → its slots. */
  readonly #providers = new Map<string, Map<string, Slot[]>>();

  add({ provider, pool }: Origin, nowMs: number): void {
    const pools = this.#providers.get(provider) ?? new Map<string, Slot[]>();
    this.#providers.set(provider, pools);
    const slots = (pools.get(pool) ?? []).filter(({ startMs }) => startMs > nowMs - longestWindowMs);
    const last = slots.at(-1);
    if (last && nowMs < last.startMs + slotMs) last.count++;
    else slots.push({ startMs: nowMs, count: 1 });
    pools.set(pool, slots);
  }

  /** The number in the last `windowMs` milliseconds. */
  within({ provider, pool }: Origin, windowMs: number, nowMs: number): number {
    const slots = this.#providers.get(provider)?.get(pool) ?? [];
    const recent = slots.filter(({ startMs }) => startMs > nowMs - windowMs);
    return recent.reduce((sum, { count }) => sum + count, 0);
  }

  /** Forgets all pools but these. */
  keep(watched: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [provider, pools] of this.#providers) {
      for (const pool of pools.keys()) if (watched.get(provider)?.has(pool) !== true) pools.delete(pool);
      if (pools.size === 0) this.#providers.delete(provider);
    }
  }
}

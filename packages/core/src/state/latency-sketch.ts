const buckets = 48;
/** Each bucket ends at this many times the end of the one before it: the first at 1 ms, the last at 11 min. */
const growth = 1.33;
/** The value of a bucket that is no further from any other value in it than 14.2 %. */
const middle = 2 / (growth + 1);
const halfMs = 1_800_000;
const mostInBucket = 0xffff;

/** How long attempts took: the times that half of them, and 95 % of them, did not exceed. */
export interface Latency {
  /** In ms, within 15 %; 1 for less, and up to 10 min. */
  readonly p50Ms: number;
  /** The same. */
  readonly p95Ms: number;
  /** The number of attempts. */
  readonly count: number;
}

/**
 * Durations of the last 30 to 60 min, in buckets of equal relative width: of the current half hour, and of the one before it. Takes the same
 * memory for any number of durations. Times are in ms by a steady clock.
 */
export class LatencySketch {
  /** The current half hour, then the one before it. */
  readonly #counts = new Uint16Array(2 * buckets);
  /** The number of the current half hour since the epoch of the clock. */
  #half = 0;
  #count = 0;
  #lastCount = 0;

  add(durationMs: number, now: number): void {
    this.#moveTo(now);
    const index = bucketOf(durationMs);
    if (this.#counts[index] === mostInBucket) this.#halve();
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count++;
  }

  /** What is known now; `undefined` for no durations. */
  read(now: number): Latency | undefined {
    this.#moveTo(now);
    const count = this.#count + this.#lastCount;
    if (count === 0) return undefined;
    const weights = Array.from({ length: buckets }, (_, index) => this.#weightOf(index));
    return { p50Ms: quantile(weights, 0.5), p95Ms: quantile(weights, 0.95), count };
  }

  /** When durations are next forgotten. */
  get changesAtMs(): number {
    return (this.#half + 1) * halfMs;
  }

  #weightOf(index: number): number {
    return (this.#counts[index] ?? 0) + (this.#counts[buckets + index] ?? 0);
  }

  /** Makes room for more, with the same proportions. */
  #halve(): void {
    for (const [index, count] of this.#counts.entries()) this.#counts[index] = Math.ceil(count / 2);
  }

  #moveTo(now: number): void {
    const half = Math.floor(now / halfMs);
    for (let left = Math.min(half - this.#half, 2); left > 0; left--) {
      this.#counts.copyWithin(buckets, 0, buckets).fill(0, 0, buckets);
      this.#lastCount = this.#count;
      this.#count = 0;
    }
    this.#half = Math.max(this.#half, half);
  }
}

function bucketOf(durationMs: number): number {
  if (durationMs <= 1) return 0;
  return Math.min(buckets - 1, Math.ceil(Math.log(durationMs) / Math.log(growth)));
}

/** The duration that this part of all does not exceed. */
function quantile(weights: readonly number[], part: number): number {
  const rank = Math.ceil(part * weights.reduce((sum, weight) => sum + weight, 0));
  let counted = 0;
  return valueOf(weights.findIndex((weight) => (counted += weight) >= rank));
}

function valueOf(index: number): number {
  return index === 0 ? 1 : Number((middle * growth ** index).toPrecision(3));
}

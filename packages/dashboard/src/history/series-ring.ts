import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { outcomeCount, type Outcomes } from './outcomes.ts';
import { StepRing } from './step-ring.ts';

export const quantiles = [50, 95, 99] as const;
export type Quantile = (typeof quantiles)[number];

const longestMs = 3_600_000;
const noCalls = -1;

/** A histogram of durations in ms, within 1 %. */
export function createDurations(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: longestMs, figures: 2 });
}

export function recordDuration(durations: RecordableHistogram, durationMs: number): void {
  durations.record(Math.min(Math.max(1, Math.round(durationMs)), longestMs));
}

/** Outcomes of attempts and durations of calls, for steps of one length. */
export class SeriesRing {
  readonly #ring: StepRing;
  readonly #outcomes: Uint32Array;
  readonly #quantiles: Int32Array;
  /** The durations of the newest step. */
  readonly #durations = createDurations();
  #step = -Infinity;

  constructor(stepMs: number, size: number) {
    this.#outcomes = new Uint32Array(size * outcomeCount);
    this.#quantiles = new Int32Array(size * quantiles.length).fill(noCalls);
    this.#ring = new StepRing(stepMs, size, (place) => {
      this.#outcomes.fill(0, place * outcomeCount, (place + 1) * outcomeCount);
      this.#quantiles.fill(noCalls, place * quantiles.length, (place + 1) * quantiles.length);
    });
  }

  stepOf(atMs: number): number {
    return this.#ring.stepOf(atMs);
  }

  /** Adds the outcomes and durations of the time from `atMs`. */
  add(atMs: number, outcomes: Outcomes, durations: RecordableHistogram): void {
    const step = this.stepOf(atMs);
    const place = this.#ring.open(step);
    for (let index = 0; index < outcomeCount; index++) {
      const at = place * outcomeCount + index;
      this.#outcomes[at] = (this.#outcomes[at] ?? 0) + (outcomes[index] ?? 0);
    }
    if (step !== this.#step) this.#durations.reset();
    this.#step = step;
    if (durations.count === 0) return;
    this.#durations.add(durations);
    for (const [index, quantile] of quantiles.entries()) {
      this.#quantiles[place * quantiles.length + index] = this.#durations.percentile(quantile);
    }
  }

  /** The attempts of a step that ended in this way. */
  count(step: number, index: number): number {
    const place = this.#ring.find(step);
    return place === undefined ? 0 : (this.#outcomes[place * outcomeCount + index] ?? 0);
  }

  /** A percentile of the durations of a step, in ms; -1 without calls. */
  quantile(step: number, quantile: Quantile): number {
    const place = this.#ring.find(step);
    const index = quantiles.indexOf(quantile);
    return place === undefined ? noCalls : (this.#quantiles[place * quantiles.length + index] ?? noCalls);
  }
}

import type { Range } from '../protocol/provider-document.ts';
import { outcomeCount, type Outcomes } from './outcomes.ts';
import { createDurations, recordDuration, SeriesRing } from './series-ring.ts';

/** The length of each point, by the range of a chart. */
export const stepsMs: Readonly<Record<Range, number>> = { '10m': 10_000, '1h': 60_000, '24h': 900_000 };

/** The attempts of a period, and how many of them failed. */
export interface AttemptCounts {
  readonly attempts: number;
  readonly failed: number;
}

/**
 * The history of a pool for charts: by 10 s for an hour, by minute for a day, and by 15 min for a day.
 *
 * New values are collected for 10 s first, so that charts change every 10 s.
 */
export class PoolSeries {
  readonly rings: Readonly<Record<Range, SeriesRing>> = {
    '10m': new SeriesRing(stepsMs['10m'], 360),
    '1h': new SeriesRing(stepsMs['1h'], 1440),
    '24h': new SeriesRing(stepsMs['24h'], 96),
  };
  readonly #outcomes: Outcomes = new Float64Array(outcomeCount);
  readonly #durations = createDurations();
  /** The start of the current 10 s. */
  #startMs: number;

  constructor(nowMs: number) {
    this.#startMs = startOfRunning(nowMs);
  }

  count(outcomes: Outcomes): void {
    for (const [index, count] of outcomes.entries()) this.#outcomes[index] = (this.#outcomes[index] ?? 0) + count;
  }

  record(durationMs: number): void {
    recordDuration(this.#durations, durationMs);
  }

  /** Adds what was collected to the rings once its 10 s are over. */
  moveTo(nowMs: number): void {
    const startMs = startOfRunning(nowMs);
    if (startMs === this.#startMs) return;
    const isEmpty = this.#durations.count === 0 && this.#outcomes.every((count) => count === 0);
    if (!isEmpty) {
      for (const ring of Object.values(this.rings)) ring.add(this.#startMs, this.#outcomes, this.#durations);
      this.#outcomes.fill(0);
      this.#durations.reset();
    }
    this.#startMs = startMs;
  }

  /** The attempts of the last full `minutes`. */
  attempts(nowMs: number, minutes: number): AttemptCounts {
    const ring = this.rings['1h'];
    const end = ring.stepOf(nowMs);
    let [attempts, failed] = [0, 0];
    for (let step = end - minutes; step < end; step++) {
      for (let index = 0; index < outcomeCount; index++) {
        const count = ring.count(step, index);
        attempts += count;
        if (index > 0) failed += count;
      }
    }
    return { attempts, failed };
  }

  /** The p95 of call durations in ms, of the latest full minute with calls in the last hour. */
  lastP95Ms(nowMs: number): number | undefined {
    const ring = this.rings['1h'];
    const end = ring.stepOf(nowMs);
    for (let step = end - 1; step >= end - 60; step--) {
      const p95Ms = ring.quantile(step, 95);
      if (p95Ms >= 0) return p95Ms;
    }
    return undefined;
  }
}

/** The start of the current 10 s. Charts show what was before. */
export function startOfRunning(nowMs: number): number {
  const stepMs = stepsMs['10m'];
  return Math.floor(nowMs / stepMs) * stepMs;
}

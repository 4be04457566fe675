import { StepRing } from './step-ring.ts';

const minuteMs = 60_000;
const minutes = 60;

/** Counts events of the current minute and the 59 before it. */
export class MinuteCounts {
  readonly #counts = new Uint32Array(minutes);
  readonly #ring = new StepRing(minuteMs, minutes, (place) => {
    this.#counts[place] = 0;
  });

  add(nowMs: number): void {
    const place = this.#ring.open(this.#ring.stepOf(nowMs));
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  sum(nowMs: number): number {
    const last = this.#ring.stepOf(nowMs);
    let sum = 0;
    for (let step = last - minutes + 1; step <= last; step++) {
      const place = this.#ring.find(step);
      if (place !== undefined) sum += this.#counts[place] ?? 0;
    }
    return sum;
  }
}

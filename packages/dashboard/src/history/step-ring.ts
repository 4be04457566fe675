/**
 * Numbers the places of lists of fixed size, one place for each step of time. The newest step takes the place of the oldest.
 *
 * Steps are counted from the epoch. A clock that is set forward leaves empty steps; one that is set back drops the steps after it,
 * because their time comes again.
 */
export class StepRing {
  readonly stepMs: number;
  readonly size: number;
  readonly #clear: (place: number) => void;
  #newest: number | undefined;

  /** `clear` empties a place before it is used for another step. */
  constructor(stepMs: number, size: number, clear: (place: number) => void) {
    this.stepMs = stepMs;
    this.size = size;
    this.#clear = clear;
  }

  stepOf(atMs: number): number {
    return Math.floor(atMs / this.stepMs);
  }

  /** Makes a step the newest one. Returns its place. */
  open(step: number): number {
    const newest = this.#newest ?? step - 1;
    if (step > newest) this.#clearSteps(Math.max(newest + 1, step - this.size + 1), step);
    else this.#clearSteps(step + 1, Math.min(newest, step + this.size));
    this.#newest = step;
    return this.#placeOf(step);
  }

  /** The place of a step; `undefined` if the step is not kept. */
  find(step: number): number | undefined {
    const newest = this.#newest ?? -Infinity;
    return step <= newest && step > newest - this.size ? this.#placeOf(step) : undefined;
  }

  #clearSteps(first: number, last: number): void {
    for (let step = first; step <= last; step++) this.#clear(this.#placeOf(step));
  }

  #placeOf(step: number): number {
    return ((step % this.size) + this.size) % this.size;
  }
}

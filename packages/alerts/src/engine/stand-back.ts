/** Any other process has had a turn by then. */
const freeMs = 30_000;
const takenMs = 300_000;

/**
 * When a process that cannot deliver asks for the lease again: after a while in which all others could take it, or some minutes later
 * if one has. Times are by the steady clock.
 */
export class StandBack {
  #untilMs = -Infinity;
  #isNew = false;

  /** Begins, when the lease was released. */
  begin(nowMs: number): void {
    this.#untilMs = nowMs + freeMs;
    this.#isNew = true;
  }

  /** Whether the lease is left to the others. */
  isOn(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  /** Notes that another process has the lease. */
  noteTaken(nowMs: number): void {
    if (!this.#isNew || this.isOn(nowMs)) return;
    this.#untilMs = nowMs + takenMs;
    this.#isNew = false;
  }
}

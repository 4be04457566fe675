/** How long a process, or one call in it, has a recovering key to itself. */
export const probeLeaseMs = 60_000;

/** Asked before a recovering key is tried, where several processes share what they know. */
export interface ProbeGate {
  /** Whether it is this process's turn; if not, asks for it in the background. */
  isOpen(now: number): boolean;
  /** The turn is over. */
  end(): void;
}

/** Lets one call at a time try a recovering key. A time limit frees the permit when that call never ends. */
export class ProbePermit {
  /** Whose turn it is among the processes that share this record. */
  gate: ProbeGate | undefined;
  #held: { untilMs: number } | undefined;

  /** Whether another call, or another process, is trying the key now. */
  isTaken(now: number): boolean {
    if (this.#held && this.#held.untilMs > now) return true;
    return this.gate !== undefined && !this.gate.isOpen(now);
  }

  /** Takes the permit. The returned function gives it back, unless it has expired and another call has it by then. */
  take(now: number): () => void {
    const held = { untilMs: now + probeLeaseMs };
    this.#held = held;
    return () => {
      if (this.#held === held) this.release();
    };
  }

  /** Frees the permit, here and among processes. */
  release(): void {
    this.#held = undefined;
    this.gate?.end();
  }

  /** The key has changed without a probe of this process, whose turn is not needed any more. */
  forgo(): void {
    if (!this.#held) this.gate?.end();
  }

  /** Moves the time limit, when the clock that it was read from turns out to be this much behind. */
  shift(ms: number): void {
    if (this.#held) this.#held.untilMs += ms;
  }
}

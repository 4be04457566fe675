/** The longest time that one process, or one call in it, may probe a recovering key alone. */
export const probeLeaseMs = 60_000;

/** Coordinates the probes of a recovering key between processes that share a store. */
export interface ProbeGate {
  /** Whether this process may probe the key. If not, requests that in the background. */
  isOpen(now: number): boolean;
  /** Whether it has requested the probe from the other processes and waits for the answer. */
  readonly isRequested: boolean;
  /** Ends the probe of this process. */
  end(): void;
  /** Ends the probe and forgets the key or bucket. */
  forget(): void;
}

/** Lets one call at a time probe a recovering key. The permit expires, in case that call never ends. */
export class ProbePermit {
  /** The gate between processes; `undefined` without a store. */
  gate: ProbeGate | undefined;
  #held: { untilMs: number } | undefined;

  /** Whether another call, or another process, probes the key now. */
  isTaken(now: number): boolean {
    return this.isHeld(now) || (this.gate !== undefined && !this.gate.isOpen(now));
  }

  /** Whether a call of this process probes the key now. */
  isHeld(now: number): boolean {
    return this.#held !== undefined && this.#held.untilMs > now;
  }

  /** Whether a call of this process probes the key, or has requested to. */
  isInUse(now: number): boolean {
    return this.isHeld(now) || this.gate?.isRequested === true;
  }

  /** Takes the permit. The returned function releases it, unless it has expired and another call has taken it. */
  take(now: number): () => void {
    const held = { untilMs: now + probeLeaseMs };
    this.#held = held;
    return () => {
      if (this.#held === held) this.release();
    };
  }

  /** Releases the permit in this process and between processes. */
  release(): void {
    this.#held = undefined;
    this.gate?.end();
  }

  /** Gives up the probe of this process if no call of it runs one, because the key has changed without a probe. */
  forgo(): void {
    if (!this.#held) this.gate?.end();
  }

  /** Adds `ms` to the expiry, to correct for a clock that was behind. */
  shift(ms: number): void {
    if (this.#held) this.#held.untilMs += ms;
  }
}

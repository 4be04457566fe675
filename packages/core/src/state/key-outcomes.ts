import type { ErrorLine } from '../base/error-line.ts';
import type { VerdictKind } from '../base/verdict.ts';
import { LatencySketch } from './latency-sketch.ts';

/** How an attempt has failed. */
interface LastError {
  readonly verdict: VerdictKind;
  readonly reason: string;
  readonly message: ErrorLine;
  /** When it ended, by the steady clock in ms. */
  readonly atMs: number;
}

/** How the attempts of a key have ended, as `status()` shows it. */
export class KeyOutcomes {
  /** The last attempt that has failed; `undefined` while none has. */
  lastError: LastError | undefined;
  /** The latest start of an attempt that has succeeded, by the steady clock in ms; `-Infinity` while none has. */
  lastSuccessMs: number = -Infinity;
  /** How long its attempts take; `undefined` while that is not measured. */
  latency: LatencySketch | undefined;

  /** Notes an attempt that has succeeded, by the steady clock in ms. */
  noteSuccess(startedAtMs: number): void {
    this.lastSuccessMs = Math.max(this.lastSuccessMs, startedAtMs);
  }

  /** Notes how long an attempt took, by the steady clock in ms. */
  noteLatency(startedAtMs: number, now: number): void {
    this.latency ??= new LatencySketch();
    this.latency.add(now - startedAtMs, now);
  }

  /** Takes over the outcomes of the replaced manager's key. `aheadMs` is how far this steady clock is ahead. */
  takeOver({ lastError, lastSuccessMs, latency }: KeyOutcomes, aheadMs: number): void {
    this.latency ??= latency;
    this.noteSuccess(lastSuccessMs + aheadMs);
    const error = lastError && { ...lastError, atMs: lastError.atMs + aheadMs };
    if (error && error.atMs > (this.lastError?.atMs ?? -Infinity)) this.lastError = error;
  }
}
